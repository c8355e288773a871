using CogVideoX.Compiler;
using CogVideoX.Compiler.Language;
using CogVideoX.Emulator;
using CogVideoX.Kernels.Gpu;

namespace CogVideoX.Kernels.Tests.Gpu;

/// <summary>Views of more than 2³¹ elements, as activations of a VAE are: length and index have 64 bits.</summary>
public sealed class LongViewTests
{
    private const long Elements = 3_000_000_000, At = 2_900_000_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ElementsBeyondTheReachOf32BitsAreWrittenAndRead(bool checkBounds)
    {
        var y = new float[96];
        var lengths = new long[3];
        LaunchReport report = new EmulatedLaunch(typeof(Far), new CompileOptions { CheckBounds = checkBounds })
            .Zeros<float>(Elements).View(y).View(lengths).Value(At).Run(new Dim3(1, 1, 1));
        Assert.Null(report.Fault?.ToString());
        Assert.Equal(Enumerable.Range(0, 32).Select(i => i + 1f), y[..32]);
        Assert.Equal(y[..32], y[32..64]);
        Assert.All(y[64..], element => Assert.Equal(0, element));
        Assert.Equal([Elements, Elements - At, Elements / 2], lengths);
    }

    [Theory]
    [InlineData(Elements - 31)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void OutsideOfItsElementsACheckedViewTraps(long at)
    {
        var options = new CompileOptions { CheckBounds = true };
        LaunchReport report = new EmulatedLaunch(typeof(One), options).Zeros<float>(Elements).Value(at).Run(new Dim3(1, 1, 1));
        Assert.Equal(FaultKind.Trap, report.Fault?.Kind);
    }

    public readonly struct Far(View<float> x, View<float> y, View<long> lengths, long at) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            int lane = Block.ThreadX;
            View<float> tail = x.Slice(at, x.Length - at);
            View<Float2> pairs = x.As<Float2>();
            x[at + lane] = lane + 1;
            Block.Sync();
            y[lane] = tail[lane];
            Float2 pair = pairs[(at + lane) / 2];
            y[lane + 32] = lane % 2 == 0 ? pair.X : pair.Y;
            y[lane + 64] = x[(int)(at >> 1) + lane];
            lengths[0] = x.Length;
            lengths[1] = tail.Length;
            lengths[2] = pairs.Length;
        }
    }

    public readonly struct One(View<float> x, long at) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[at + Block.ThreadX] = 1;
    }
}
