namespace CogVideoX.Sampling.Tests;

/// <summary>A generator made from another's state draws what the other would have drawn.</summary>
public sealed class GeneratorStateTests
{
    // Fewer than 16 normals leave one of a pair for the next call; 624 words are drawn at a time.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(300)]
    [InlineData(624)]
    [InlineData(5000)]
    public void GoesOnWhereTheOtherWas(int drawn)
    {
        var one = new TorchGenerator(77);
        one.Normal(new float[drawn]);
        GeneratorState state = one.State;
        var other = new TorchGenerator(state);
        foreach (int count in new[] { 3, 100, 2000, 1 })
        {
            float[] expected = new float[count], actual = new float[count];
            one.Normal(expected);
            other.Normal(actual);
            Bits.Equal(expected, actual, $"{count} after {drawn}");
        }
        Assert.Equal(77UL, other.Seed);
    }

    [Fact]
    public void AStateIsACopy()
    {
        var generator = new TorchGenerator(1);
        GeneratorState state = generator.State;
        uint[] before = [.. state.Words];
        generator.Normal(new float[2000]);
        Assert.Equal(before, state.Words);
        Assert.NotEqual(before, generator.State.Words);
    }

    [Fact]
    public void RefusesWhatNoGeneratorHas()
    {
        GeneratorState good = new TorchGenerator(1).State;
        Refuses(good with { Words = new uint[623] }, "623 words with 624 used are no state of a generator; it has 624");
        Refuses(good with { Words = new uint[624] }, "not all of them 0");
        Refuses(good with { Used = -1 }, "with -1 used");
        Refuses(good with { Used = 625 }, "with 625 used");
        Refuses(good with { KeptNormal = double.NaN }, "must be finite");

        static void Refuses(GeneratorState state, string reason) =>
            Assert.Contains(reason, Assert.Throws<SamplingException>(() => new TorchGenerator(state)).Message);
    }
}
