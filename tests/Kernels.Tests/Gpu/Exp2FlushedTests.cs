using CogVideoX.Compiler.Language;
using CogVideoX.Emulator;
using CogVideoX.Kernels.Gpu;

namespace CogVideoX.Kernels.Tests.Gpu;

/// <summary>Powers of two without subnormal numbers.</summary>
public sealed class Exp2FlushedTests
{
    [Fact]
    public void WhatIsTooSmallIsZeroOnBothSides()
    {
        float[] x = new float[32], y = new float[32];
        new[] { 0, -1, 10, -126, -126.5f, -149, 1e-40f, float.NegativeInfinity }.CopyTo(x, 0);
        LaunchReport report = new EmulatedLaunch(typeof(Powers)).View(x).View(y).Run(new Dim3(1, 1, 1));
        Assert.Null(report.Fault?.ToString());
        Assert.Equal([1, 0.5f, 1024, MathF.Pow(2, -126), 0, 0, 1, 0], y[..8]);
        Assert.Equal(x.Select(Approximate.Exp2Flushed), y);
    }

    public readonly struct Powers(View<float> x, View<float> y) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => y[Block.ThreadX] = Approximate.Exp2Flushed(x[Block.ThreadX]);
    }
}
