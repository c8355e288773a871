using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Operations;

public sealed class ContentsTests
{
    [Theory]
    [ClassData(typeof(EachDevice))]
    public void FillAsksForEachNumberOnce(string device)
    {
        using Ops ops = EachDevice.Open(device);
        var asked = new List<(long First, int Count)>();
        Tensor filled = ops.Fill([3, 1 << 20], (first, part) =>
        {
            asked.Add((first, part.Length));
            for (int i = 0; i < part.Length; i++)
                part[i] = first + i;
        }, rowLength: 1000);
        Assert.Equal(Enumerable.Range(0, 3 << 20).Select(i => (float)i), filled.ToFloats());
        Assert.All(asked.SkipLast(1), part => Assert.Equal(0, part.Count % 1000));
    }

    [Fact]
    public void ADryRunFillsNothing()
    {
        using Ops ops = Ops.Planning();
        ops.Fill([4], (_, _) => Assert.Fail("asked for numbers"));
        Assert.Equal(0, ops.CountNotFinite(ops.Empty([4])));
    }

    [Theory]
    [ClassData(typeof(EachDevice))]
    public void WhatIsNotFiniteIsCounted(string device)
    {
        using Ops ops = EachDevice.Open(device);
        float[] values = [.. Enumerable.Range(0, 70_000).Select(i => (float)i)];
        Assert.True(ops.AllFinite(ops.FromHost(values, [70_000])));
        (values[0], values[20_000], values[69_999]) = (float.NaN, float.NegativeInfinity, float.PositiveInfinity);
        Assert.Equal(3, ops.CountNotFinite(ops.FromHost(values, [70_000])));
    }

    [Theory]
    [ClassData(typeof(EachDevice))]
    public void ACastRoundsOnceAndBackExactly(string device)
    {
        using Ops ops = EachDevice.Open(device);
        float[] values = [.. Enumerable.Range(0, 40_000).Select(i => MathF.Sin(i) * 3)];
        Tensor x = ops.FromHost(values, [40_000]);
        Assert.Equal(values.Select(value => (float)(Half)value), ops.Cast(ops.Cast(x, DType.F16), DType.F32).ToFloats());
        Tensor rounded = ops.Cast(x, DType.BF16);
        Assert.Equal(DType.BF16, rounded.Type);
        Assert.All(
            values.Zip(rounded.ToFloats()), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, Math.Abs(pair.First) / 256));
        Assert.Equal(rounded.ToFloats(), ops.Cast(rounded, DType.F32).ToFloats());
    }

    [Fact]
    public void MemoryElsewhereIsCopiedOutAndNotSeen()
    {
        using var ops = new Ops(new ApartDevice());
        Tensor x = ops.FromHost([1f, 2, 3], [3]);
        string message = Assert.Throws<TensorException>(() => x.AsReadOnlySpan<float>()).Message;
        Assert.Equal("F32 [3] lies on apart, where this program can't read in place; copy it out.", message);
        Assert.Throws<TensorException>(() => x.CopyTo(new byte[11]));
        Assert.Equal([2, 4, 6], ops.Scale(x, 2).ToFloats());
    }

    [Fact]
    public void WeightsAreCopiedToADeviceThatHoldsThem()
    {
        using Ops host = Ops.OnCpu(1);
        using var apart = new Ops(new ApartDevice());
        Tensor stored = host.FromHost([1f, 2], [2]);
        Assert.True(host.Resident(stored).IsOnHost);
        using (apart.Scope())
            Assert.False(apart.Resident(stored).IsOnHost);
        Assert.Equal(0, apart.Memory.LiveCount);
        Assert.InRange(apart.Memory.LiveBytes, 8, long.MaxValue);
    }

    [Fact]
    public void AHostKeepsPaceWithItsDevice()
    {
        var device = new ApartDevice();
        using var ops = new Ops(device);
        Tensor x = ops.FromHost([1f], [1]);
        for (int i = 0; i < 100; i++)
        {
            x = ops.Scale(x, 1);
            ops.KeepPace();
        }
        Assert.InRange(device.Waiting, 1, 5);
        ops.Cancellation = new CancellationToken(canceled: true);
        Assert.Throws<OperationCanceledException>(ops.KeepPace);
    }

    [Theory]
    [InlineData("BF16", 1 / 100.0)]
    [InlineData("F16", 1 / 1000.0)]
    public void ActivationsOfOtherTypesAreDefined(string name, double tolerance)
    {
        Assert.True(DType.TryParse(name, out DType type));
        using Ops ops = EachDevice.OpenNaive();
        var random = new TestNumbers(ops, 5);
        Tensor x = random.Floats([2, 6, 16]), weight = random.Floats([16, 16]), scale = random.Floats([16]);
        Tensor exact = Layer(x), rounded = Layer(ops.Cast(x, type));
        Assert.Equal(type, rounded.Type);
        Agree.With(exact, rounded, name, tolerance);

        Tensor Layer(Tensor input)
        {
            Tensor normed = ops.LayerNorm(input, scale, scale, 1e-5f);
            Tensor heads = ops.Linear(normed, weight, scale, Activation.GeluTanh).Reshape([2, 6, 4, 4]);
            return ops.LinearResidual(ops.Attention(heads, heads, heads).Reshape([2, 6, 16]), weight, scale, input);
        }
    }

    [Fact]
    public void ADeviceWithoutFormsForATypeSaysSo()
    {
        using Ops ops = Ops.OnCpu(1);
        Tensor x = ops.Cast(ops.FromHost([1f, 2], [1, 2]), DType.BF16);
        string message = Assert.Throws<TensorException>(() => ops.Softmax(x)).Message;
        Assert.Equal("softmax: BF16 [1, 2] can't be computed with on cpu (1 thread), which has no form for it.", message);
        Assert.Contains(
            "Activations can't be BF16",
            Assert.Throws<TensorException>(() => new Ops(new Kernels.Devices.CpuDevice(1), DType.BF16)).Message);
    }
}
