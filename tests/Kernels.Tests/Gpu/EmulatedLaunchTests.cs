using CogVideoX.Compiler;
using CogVideoX.Emulator;
using CogVideoX.Kernels.Gpu;
using CogVideoX.Samples.Kernels;

namespace CogVideoX.Kernels.Tests.Gpu;

/// <summary>Launches on arrays, with the kernel of docs/kernels.md.</summary>
public sealed class EmulatedLaunchTests
{
    private const int Rows = 3, Width = 200;
    private const float Epsilon = 1e-6f;

    [Theory]
    [InlineData(typeof(RowRms<Threads.T64>))]
    [InlineData(typeof(RowRms<Threads.T128>))]
    public void RowsAreDividedByTheirRms(Type kernel)
    {
        float[] x = RandomRows(), y = new float[x.Length];
        LaunchReport report = new EmulatedLaunch(kernel).View(x).View(y).Value(Width).Value(Epsilon).Run(new Dim3(Rows, 1, 1));
        Assert.Null(report.Fault);
        for (int row = 0; row < Rows; row++)
        {
            double squares = x[(row * Width)..((row + 1) * Width)].Sum(v => (double)v * v);
            for (int i = row * Width; i < (row + 1) * Width; i++)
                Assert.Equal(x[i] / Math.Sqrt(squares / Width + Epsilon), y[i], 1e-5);
        }
    }

    /// <summary>A view that is too short: caught by the emulator, and by the kernel itself where it checks bounds.</summary>
    [Theory]
    [InlineData(false, FaultKind.OutOfBounds)]
    [InlineData(true, FaultKind.Trap)]
    public void AShortViewIsAFaultInTheKernelsOwnLine(bool checks, FaultKind expected)
    {
        float[] x = RandomRows(), y = new float[x.Length - 1];
        LaunchReport report = new EmulatedLaunch(typeof(RowRms<Threads.T64>), new CompileOptions { CheckBounds = checks })
            .View(x).View(y).Value(Width).Value(Epsilon).Run(new Dim3(Rows, 1, 1));
        Assert.Equal(expected, report.Fault?.Kind);
        Assert.EndsWith("RowRms.cs", report.FileNames[report.Fault!.Source.File], StringComparison.Ordinal);
    }

    /// <summary>The struct of AffineRows: views at 0 and 16.</summary>
    [Fact]
    public void AStructByValueHasItsViews()
    {
        float[] x = [1, 2, 3, 4, 5, 6], y = new float[6];
        var arguments = new AffineRows.Arguments(default, default, 3, new AffineRows.Affine(2, 0.5f, HasBias: true));
        LaunchReport report = new EmulatedLaunch(typeof(AffineRows)).Struct(arguments, StructView.At(0, x), StructView.At(16, y)).Value(2)
            .Run(new Dim3(1));
        Assert.Null(report.Fault);
        Assert.Equal([2.5f, 4.5f, 6.5f, 8.5f, 10.5f, 12.5f], y);
    }

    [Theory]
    [InlineData(-8)]
    [InlineData(4)]
    [InlineData(40)]
    [InlineData(48)]
    public void AViewOutsideOfItsStructIsRefused(int offset)
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(
            () => new EmulatedLaunch(typeof(AffineRows)).Struct(default(AffineRows.Arguments), StructView.At(offset, new float[1])));
        Assert.Contains($"a view at byte {offset} of Arguments, which has 48 bytes", refused.Message);
    }

    private static float[] RandomRows()
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, Rows * Width).Select(_ => random.NextSingle() - 0.5f)];
    }
}
