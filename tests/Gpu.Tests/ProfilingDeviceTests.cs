using CogVideoX.Emulator;
using CogVideoX.Kernels.Gpu;
using CogVideoX.Tensors;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>Operations of any size, counted by some of their CTAs.</summary>
public class ProfilingDeviceTests
{
    [Fact]
    public void SomeCtasCountLikeAll()
    {
        LaunchReport all = Assert.Single(Product(1024, 512, 256, ctas: 1000)).Report;
        LaunchReport some = Assert.Single(Product(1024, 512, 256, ctas: 2)).Report;
        Assert.Equal(all.Ctas, all.SampledCtas);
        Assert.Equal((all.Ctas, 2), (some.Ctas, some.SampledCtas));
        Assert.Equal(2.0 * 1024 * 512 * 256, all.Counters.TensorWork);
        Assert.Equal(all.Counters.TensorWork, some.Counters.TensorWork * some.Ctas / 2);
        Assert.Equal(all.Counters.WarpInstructions, some.Counters.WarpInstructions * some.Ctas / 2);
    }

    /// <summary>What the kernels are built for: a large product waits for the tensor cores and for nothing else.</summary>
    [Theory]
    [InlineData("h100", 600)]
    [InlineData("a100", 300)]
    [InlineData("4090", 160)]
    public void ALargeProductIsBoundByTheTensorCores(string card, double leastTeraFlops)
    {
        TimeBound binding = Bounds(Assert.Single(Product(4096, 4096, 4096, 2, card)), card).Binding;
        Assert.Equal("tensor cores", binding.Part);
        Assert.True(binding.Amount / binding.Seconds / 1e12 > leastTeraFlops);
    }

    /// <summary>Attention of the 5b: matrix products, and an exponential a score.</summary>
    [Fact]
    public void AttentionIsBoundByTensorCoresAndExponentials()
    {
        ProfiledLaunch launch = Assert.Single(Launches(1, "h100", ops =>
        {
            Tensor q = ops.Memory.Empty([1, 17776, 48, 64], DType.BF16);
            ops.Attention(q, q, q);
        }));
        TimeBounds bounds = Bounds(launch, "h100");
        Assert.Equal("tensor cores", bounds.Binding.Part);
        Assert.InRange(bounds.All.Single(one => one.Part == "special functions").Seconds / bounds.Binding.Seconds, 0.5, 1);
    }

    [Fact]
    public void WhatHasNoKernelsIsNamed()
    {
        var refused = Assert.Throws<NotSupportedException>(() => Launches(1, "h100", ops =>
            ops.Softmax(ops.Memory.Empty([4, 64], DType.BF16))));
        Assert.Contains("softmax has no kernels of our own compiler", refused.Message);
    }

    private static TimeBounds Bounds(ProfiledLaunch launch, string card) =>
        TimeBounds.Of(launch.Report, CardRates.Find(card)!, operandBytes: 1 << 20);

    private static IReadOnlyList<ProfiledLaunch> Product(int rows, int outputs, int inputs, int ctas, string card = "h100") =>
        Launches(ctas, card, ops => ops.Linear(
            ops.Memory.Empty([rows, inputs], DType.BF16), ops.Memory.Empty([outputs, inputs], DType.BF16)));

    private static IReadOnlyList<ProfiledLaunch> Launches(int ctas, string card, Action<Ops> run)
    {
        var device = new ProfilingDevice(CardRates.Find(card)!, ctas);
        using var ops = new Ops(device, DType.BF16);
        run(ops);
        return device.Launches;
    }
}
