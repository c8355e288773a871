using CogVideoX.Testing;
using CogVideoX.Tensors;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>Portable kernels on the emulator against the definitions, in each type of activations, at odd sizes.</summary>
public sealed class PortableTests
{
    [Theory]
    [InlineData("F32")]
    [InlineData("BF16")]
    [InlineData("F16")]
    public void RmsNorm(string type)
    {
        Assert.True(DType.TryParse(type, out DType activations));
        Compare(activations, 1e-6, (ops, random) =>
        {
            Tensor x = ops.Cast(Random(ops, random, [3, 130]), activations);
            return ops.RmsNorm(x, Random(ops, random, [130]), 1e-6f);
        });
    }

    internal static void Compare(DType activations, double tolerance, Func<Ops, Random, Tensor> run)
    {
        using Ops naive = EachDevice.OpenNaive();
        float[] expected = run(naive, new Random(1)).ToFloats();
        using var ops = new Ops(GpuDevices.OpenEmulator(portable: true), activations);
        double error = Agree.RelativeError(run(ops, new Random(1)).ToFloats(), expected);
        Assert.True(error <= tolerance, $"{ops.DeviceName}: relative error {error:E2}");
    }

    internal static Tensor Random(Ops ops, Random random, Shape shape)
    {
        float[] values = new float[shape.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(random.NextDouble() * 4 - 2);
        return ops.FromHost(values, shape);
    }
}
