using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Operations;

/// <summary>Weights of products in 8-bit floats with one factor.</summary>
public sealed class ResidentFloat8Tests
{
    [Theory]
    [ClassData(typeof(EachDevice))]
    public void EachNumberIsWithinASixteenthOfItselfOrOfTheLeast(string device)
    {
        using Ops host = Ops.OnCpu(1), ops = EachDevice.Open(device);
        Tensor stored = host.Random(new Random(7), [33, 48]);
        float[] exact = stored.ToFloats();
        Tensor result = ops.ResidentFloat8(stored);
        Assert.Equal(ops.HasFloat8Products(DType.F32) ? "F8_E4M3 [33, 48]" : "F32 [33, 48]", result.ToString());
        float least = exact.Max(Math.Abs) / 448 / 512;
        foreach ((float expected, float actual) in exact.Zip(result.ToFloats()))
            Assert.InRange(Math.Abs(actual - expected), 0, Math.Max(Math.Abs(expected) / 16, least / 2) * 1.000001);
        Assert.Equal(exact.Max(Math.Abs), result.ToFloats().Max(Math.Abs), 1e-6f);
    }

    /// <summary>Views of it keep the factor. On the emulator kernels of our own compiler widen the weights in registers.</summary>
    [Theory]
    [InlineData("cpu1", 1e-6)]
    [InlineData("reference", 1e-6)]
    [InlineData("apart", 1e-6)]
    [InlineData("emulator", 2.5e-3)] // the result is rounded to bf16
    public void ProductsMultiplyWithTheFactor(string device, double tolerance)
    {
        using Ops host = Ops.OnCpu(1), ops = Ops.On(EachDevice.Source(device), device == "emulator" ? DType.BF16 : DType.F32);
        var random = new Random(3);
        Tensor weight = ops.ResidentFloat8(host.Random(random, [24, 2, 16])).Reshape([24, 32]).Rows(4, 16);
        Tensor x = ops.Cast(ops.FromHost(host.Random(random, [5, 32]).ToFloats(), [5, 32]), ops.ActivationType);
        Assert.Equal(DType.F8E4M3, weight.Type);
        float[] left = x.ToFloats(), right = weight.ToFloats(), y = ops.Linear(x, weight).ToFloats();
        double error = 0, norm = 0;
        for (int row = 0; row < 5; row++)
        {
            for (int column = 0; column < 16; column++)
            {
                double exact = Enumerable.Range(0, 32).Sum(i => (double)left[row * 32 + i] * right[column * 32 + i]);
                error += Math.Pow(y[row * 16 + column] - exact, 2);
                norm += exact * exact;
            }
        }
        Assert.InRange(Math.Sqrt(error / norm), 0, tolerance);
    }

    // Exactly, without a factor; but for NaN, which products wouldn't see.
    [Fact]
    public void WhatIsE4M3AlreadyStaysSo()
    {
        using Ops host = Ops.OnCpu(1), card = Ops.On(EachDevice.Source("emulator"), DType.BF16);
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)((i & 0x7F) == 0x7F ? 0 : i))];
        Tensor stored = host.FromHost(bytes, [4, 64], DType.F8E4M3);
        Tensor result = card.ResidentFloat8(stored);
        Assert.Equal("F8_E4M3 [4, 64]", result.ToString());
        Assert.Equal(stored.ToFloats(), result.ToFloats());
        bytes[0] = 0x7F;
        Assert.Equal("BF16 [4, 64]", card.ResidentFloat8(host.FromHost(bytes, [4, 64], DType.F8E4M3)).ToString());
    }

    [Fact]
    public void RowsThatDoNotFitAndNumbersThatAreNoneStayAsTheyAre()
    {
        using Ops ops = Ops.OnCpu(1);
        Assert.Equal("F32 [4, 24]", ops.ResidentFloat8(ops.Empty([4, 24])).ToString());
        Assert.Equal("F32 [1, 16]", ops.ResidentFloat8(ops.FromHost(Enumerable.Repeat(float.NaN, 16).ToArray(), [1, 16])).ToString());
        Assert.Equal(new float[16], ops.ResidentFloat8(ops.FromHost(new float[16], [1, 16])).ToFloats());
    }
}
