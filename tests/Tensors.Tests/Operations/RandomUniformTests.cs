using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Operations;

public sealed class RandomUniformTests
{
    private const ulong Key = 0x1234_5678_9abc_def0;

    [Fact]
    public void FormsAgree() => Forms.Agree((ops, random) =>
        ops.RandomUniform([random.Next(1, 5), random.Next(1, 20_000)], DType.F32, Key, 0.5f, 2));

    /// <summary>SplitMix64 with the seed 0 begins with e220a8397b1dcdaf: the state is advanced before it is mixed.</summary>
    [Theory]
    [ClassData(typeof(EachDevice))]
    public void TheFirstNumberIsSplitMixs(string device)
    {
        using Ops ops = EachDevice.Open(device);
        float first = ops.RandomUniform([1], DType.F32, 0, 0, 1).ToFloats()[0];
        Assert.Equal((0xe220a8 - (1 << 23)) / (float)(1 << 23), first);
    }

    [Theory]
    [ClassData(typeof(EachDevice))]
    public void NumbersAreSpreadEvenlyOverTheRange(string device)
    {
        using Ops ops = EachDevice.Open(device);
        float[] numbers = ops.RandomUniform([20_000], DType.F32, Key, centre: 3, halfRange: 0.5f).ToFloats();
        Assert.All(numbers, number => Assert.InRange(number, 2.5f, 3.5f));
        Assert.All(Enumerable.Range(0, 10), part => Assert.InRange(
            numbers.Count(number => (int)((number - 2.5f) * 10) == part), 2000 - 5 * 43, 2000 + 5 * 43)); // five standard deviations
    }

    /// <summary>A tensor's later elements are those of a key that is larger by as many.</summary>
    [Fact]
    public void KeysCountOn()
    {
        using Ops ops = Ops.OnCpu(1);
        float[] all = ops.RandomUniform([1000], DType.F32, Key, 0, 1).ToFloats();
        Assert.Equal(all[400..], ops.RandomUniform([600], DType.F32, Key + 400, 0, 1).ToFloats());
    }

    [Fact]
    public void RefusesTypesThatAreOnlyRead()
    {
        using Ops ops = Ops.OnCpu(1);
        var error = Assert.Throws<TensorException>(() => ops.RandomUniform([4], DType.I32, 0, 0, 1));
        Assert.Contains("results are F32, BF16 or F16, and I32", error.Message);
    }
}
