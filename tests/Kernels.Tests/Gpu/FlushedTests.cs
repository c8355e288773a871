using CogVideoX.Compiler.Language;
using CogVideoX.Emulator;
using CogVideoX.Kernels.Gpu;

namespace CogVideoX.Kernels.Tests.Gpu;

/// <summary>Functions without subnormal numbers: what is too small is zero on both sides.</summary>
public sealed class FlushedTests
{
    [Fact]
    public void PowersOfTwo() => Check<Powers>(
        [0, -1, 10, -126, -126.5f, -149, 1e-40f, float.NegativeInfinity],
        [1, 0.5f, 1024, MathF.Pow(2, -126), 0, 0, 1, 0], Approximate.Exp2Flushed);

    [Fact]
    public void Reciprocals() => Check<Quotients>(
        [1, -4, MathF.Pow(2, 126), MathF.Pow(2, 127), 1e-40f, -1e-40f, float.PositiveInfinity, 0],
        [1, -0.25f, MathF.Pow(2, -126), 0, float.PositiveInfinity, float.NegativeInfinity, 0, float.PositiveInfinity],
        Approximate.ReciprocalFlushed);

    private static void Check<TKernel>(float[] numbers, float[] expected, Func<float, float> host) where TKernel : struct, IKernel
    {
        float[] x = new float[32], y = new float[32];
        numbers.CopyTo(x, 0);
        LaunchReport report = new EmulatedLaunch(typeof(TKernel)).View(x).View(y).Run(new Dim3(1, 1, 1));
        Assert.Null(report.Fault?.ToString());
        Assert.Equal(expected, y[..expected.Length]);
        Assert.Equal(x.Select(host), y);
    }

    public readonly struct Powers(View<float> x, View<float> y) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => y[Block.ThreadX] = Approximate.Exp2Flushed(x[Block.ThreadX]);
    }

    public readonly struct Quotients(View<float> x, View<float> y) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => y[Block.ThreadX] = Approximate.ReciprocalFlushed(x[Block.ThreadX]);
    }
}
