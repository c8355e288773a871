using CogVideoX.Compiler;
using CogVideoX.Compiler.Language;
using CogVideoX.Emulator;
using CogVideoX.Kernels.Gpu;
using CogVideoX.Samples.Kernels;

namespace CogVideoX.Kernels.Tests.Gpu;

/// <summary>Samples that need the driver's functions, or structs with pointers as arguments.</summary>
public sealed class DriverSampleTests
{
    [Fact]
    public void PrintedLinesAreInTheReport()
    {
        float[] x = [1.25f, 2, 3, 4], y = new float[6];
        int[] places = [3, -1, 0, 2, -7, 1];
        LaunchReport report = new EmulatedLaunch(typeof(CheckedGather)).View(x).View(places).View(y).Value(6).Run(new Dim3(1, 1, 1));
        Assert.Null(report.Fault);
        Assert.Equal([4, 0, 1.25f, 3, 0, 2], y);
        Assert.Equal(["place 1 is -1, after 1.25", "place 4 is -7, after 1.25"], report.Printed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void AnAssertionIsAFaultInItsLine()
    {
        float[] x = new float[4], y = new float[6];
        int[] places = [0, 1, 9, 2, 3, 3];
        LaunchReport report = new EmulatedLaunch(typeof(CheckedGather)).View(x).View(places).View(y).Value(6).Run(new Dim3(1, 1, 1));
        Assert.Equal(FaultKind.Assertion, report.Fault?.Kind);
        Assert.Contains("place < x.Length", report.Fault!.Message, StringComparison.Ordinal);
        Assert.Contains("CheckedGather.cs", report.Fault.Message, StringComparison.Ordinal);
        Assert.EndsWith("CheckedGather.cs", report.FileNames[report.Fault.Source.File], StringComparison.Ordinal);
    }

    /// <summary>Every form that the compiler writes, as the emulator's printf has it.</summary>
    [Fact]
    public void FormatsPrintAsTheySay()
    {
        LaunchReport report = new EmulatedLaunch(typeof(Prints)).Value(-42).Value(3.14159).Run(new Dim3(1, 1, 1));
        Assert.Null(report.Fault);
        string[] expected =
        [
            "-42 4294967254 -42 18446744073709551574 3.14159 3.14159", "FFFFFFD6 D6 ffffffffffffffd6 00D6",
            "3.14 3.142E+00 |     -42|-42     |", "1 A 0x2a 100%", "3.14062 3.14062 -1.5",
        ];
        Assert.Equal(expected, report.Printed);
    }

    [Fact]
    public void ViewsLieInAStruct()
    {
        const int Width = 7, Rows = 70;
        float[] x = [.. Enumerable.Range(0, Width * Rows).Select(i => i * 0.25f)], y = new float[x.Length];
        var arguments = new AffineRows.Arguments(default, default, Width, new AffineRows.Affine(2, -1, true));
        IReadOnlyList<int> places = KernelCompiler.Compile(typeof(AffineRows)).Parameters[0].Pointers!;
        StructView[] views = [StructView.At(places[0], x), StructView.At(places[1], y)];
        Assert.Null(new EmulatedLaunch(typeof(AffineRows)).Struct(arguments, views).Value(Rows).Run(new Dim3(2, 1, 1)).Fault);
        Assert.Equal(x.Select(v => 2 * v - 1), y);
    }

    internal readonly struct Prints(int i, double d) : IKernel
    {
        public static Block Block => new(1);

        public void Run()
        {
            Device.Print("{0} {1} {2} {3} {4} {5}", i, (uint)i, (long)i, (ulong)i, (float)d, d);
            Device.Print("{0:X} {1:X} {2:x} {3:X4}", i, (sbyte)i, (long)i, (byte)i);
            Device.Print("{0:F2} {1:E3} |{2,8}|{2,-8}|", d, (float)d, i);
            Device.Print("{0} {1} {2} 100%", i < 0, (char)('A' + i + 42), (nuint)(-i));
            Device.Print("{0} {1} {2}", (Half)(float)d, (BFloat16)(float)d, (Half)(-1.5f));
        }
    }
}
