using System.Text.Json;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace CogVideoX.Sampling.Tests;

public sealed class TorchGeneratorTests
{
    private static readonly ulong[] GoldenSeeds = [0, 42, 1234, 2147483659, 1099511627783];

    [Fact]
    public void DrawsTheBitsOfTorchAloneAndInSequence()
    {
        using SafetensorsFile goldens = Golden.Open("rng/draws.safetensors");
        IReadOnlyList<DrawCase> cases = DrawCase.All();
        Assert.Equal(GoldenSeeds.Length * 34, cases.Count);
        foreach (DrawCase golden in cases)
        {
            var generator = new TorchGenerator(golden.Seed);
            foreach (Draw draw in golden.Draws)
            {
                var values = new float[draw.Count];
                if (draw.IsNormal)
                    generator.Normal(values, draw.Type);
                else
                    generator.Uniform(values, draw.Type);
                Bits.Equal(goldens[draw.Key].ToFloats(), values, draw.Key);
            }
        }
    }

    [Fact]
    public void AMillionNormalsHaveTheMomentsAndTheEndOfTorch()
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Golden.Path("rng/cases.json")));
        JsonElement[] entries = [.. json.RootElement.EnumerateArray().Where(entry => entry.TryGetProperty("last8", out _))];
        Assert.Equal(GoldenSeeds.Length, entries.Length);
        foreach (JsonElement entry in entries)
        {
            ulong seed = entry.GetProperty("seed").GetUInt64();
            var values = new float[entry.GetProperty("n").GetInt32()];
            new TorchGenerator(seed).Normal(values);
            float[] last = [.. entry.GetProperty("last8").EnumerateArray().Select(value => value.GetSingle())];
            Bits.Equal(last, values.AsSpan()[^8..], $"seed {seed}, the last of a million");
            double mean = values.Average(value => (double)value);
            double deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
            Assert.Equal(entry.GetProperty("mean").GetDouble(), mean, 1e-7);
            Assert.Equal(entry.GetProperty("std").GetDouble(), deviation, 1e-7);
        }
    }

    [Fact]
    public void PermutationsAndIntegersAreThoseOfTorch()
    {
        using SafetensorsFile goldens = Golden.Open("rng/draws.safetensors");
        foreach (ulong seed in GoldenSeeds)
        {
            int[] expected = goldens[$"randperm.seed{seed}.n20"].AsReadOnlySpan<int>().ToArray();
            Assert.Equal(expected, new TorchGenerator(seed).RandomPermutation(20));
            var generator = new TorchGenerator(seed);
            foreach (int integer in goldens[$"randint.seed{seed}.n12.high1000"].AsReadOnlySpan<int>())
                Assert.Equal(integer, generator.RandomInteger(1000));
        }
    }

    [Fact]
    public void BothFormsOfTheTransformGiveTheSameBits()
    {
        var generator = new TorchGenerator(7);
        var vector = new float[BoxMuller.BlockSize];
        for (int round = 0; round < 100_000; round++)
        {
            generator.Uniform(vector);
            AddEdges(vector, round);
            float[] scalar = [.. vector];
            BoxMuller.TransformVector(vector);
            BoxMuller.TransformScalar(scalar);
            Bits.Equal(scalar, vector, $"block {round}");
        }
    }

    [Fact]
    public void SeedsThatDifferAboveBit31GiveTheSameDraws() =>
        Check.QuickThrowOnFailure(Prop.ForAll<uint, uint>((low, high) => First(low) == First(((ulong)high << 32) | low)));

    [Fact]
    public void UniformNumbersStayBelowOneInEveryType()
    {
        Check.QuickThrowOnFailure(Prop.ForAll<uint>(seed =>
        {
            var values = new float[100];
            var generator = new TorchGenerator(seed);
            return Enum.GetValues<NoiseType>().All(type =>
            {
                generator.Uniform(values, type);
                return values.All(value => value is >= 0 and < 1);
            });
        }));
    }

    [Fact]
    public void APermutationHoldsEachNumberOnce() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Gen.Choose(0, 300).ToArbitrary(), count =>
            new TorchGenerator((ulong)count).RandomPermutation(count).Order().SequenceEqual(Enumerable.Range(0, count))));

    [Fact]
    public void NoiseIsTheSameDrawAsATensor()
    {
        using Ops ops = Ops.OnCpu(1);
        var expected = new float[2 * 3 * 7];
        new TorchGenerator(5).Normal(expected, NoiseType.BF16);
        Tensor noise = new TorchGenerator(5).Noise(ops, [2, 3, 7], NoiseType.BF16);
        Bits.Equal(expected, noise.ToFloats(), "noise");
    }

    [Fact]
    public void ADryRunDrawsNothing()
    {
        using Ops plan = Ops.Planning();
        var generator = new TorchGenerator(5);
        Assert.Equal([2, 30], generator.Noise(plan, [2, 30], NoiseType.F32).Shape);
        var next = new float[1];
        generator.Normal(next);
        Assert.Equal(First(5), next[0]);
    }

    [Fact]
    public void NoIntegersBelowNothing() => Assert.Throws<ArgumentOutOfRangeException>(() => new TorchGenerator(1).RandomInteger(0));

    private static float First(ulong seed)
    {
        var value = new float[1];
        new TorchGenerator(seed).Normal(value);
        return value[0];
    }

    // 0, the largest uniform number, and the angles around each eighth of the circle.
    private static void AddEdges(float[] uniform, int round)
    {
        const float Largest = 1 - 1f / (1 << 24);
        uniform[0] = round % 2 == 0 ? 0 : Largest;
        uniform[8] = round % 2 == 0 ? Largest : 0;
        for (int i = 1; i < 8; i++)
            uniform[8 + i] = i / 8f + (round % 64 - 32) / (float)(1 << 24);
    }

    // Each row of a batch has, drawn by itself, what it has in the draw of all; after it the stream stands where it would.
    [Fact]
    public void ARowOfABatchHasItsPartOfTheWholeDraw()
    {
        const int Rows = 3, Count = 21; // not a multiple of 16: rows of one draw aren't draws of one row
        using Ops ops = Ops.OnCpu(1);
        float[] all = new TorchGenerator(5).Noise(ops, [Rows, Count], NoiseType.F32).ToFloats();
        var inTurn = new TorchGenerator(5);
        float[][] each = [.. Enumerable.Range(0, Rows).Select(_ => inTurn.Noise(ops, [Count], NoiseType.F32).ToFloats())];
        for (int row = 0; row < Rows; row++)
        {
            var own = new TorchGenerator(5) { Row = new BatchRow(row, Rows) };
            Assert.Equal(all[(row * Count)..((row + 1) * Count)], own.Noise(ops, [Count], NoiseType.F32).ToFloats());
            own = new TorchGenerator(5) { Row = new BatchRow(row, Rows) };
            Assert.Equal(each[row], own.NoiseInTurn(ops, [Count], NoiseType.F32).ToFloats());
            Assert.Equal(inTurn.State.Words, own.State.Words);
        }
        Assert.NotEqual(each[1], all[Count..(2 * Count)]);
        Assert.Throws<ArgumentOutOfRangeException>(() => new TorchGenerator(5) { Row = new BatchRow(3, 3) });
    }
}
