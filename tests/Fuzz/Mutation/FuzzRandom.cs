namespace CogVideoX.Fuzz.Mutation;

/// <summary>Choices that follow from one 64-bit seed, the same on every machine and runtime (SplitMix64).</summary>
internal sealed class FuzzRandom(ulong seed)
{
    private ulong state = seed;

    /// <summary>The seed of an input among those of a run.</summary>
    public static ulong SeedOf(ulong run, long input) => new FuzzRandom(run ^ (ulong)input * 0x9E37_79B9_7F4A_7C15).Bits();

    public ulong Bits()
    {
        ulong z = state += 0x9E37_79B9_7F4A_7C15;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    /// <summary>From 0 to below <paramref name="end"/>; 0 if that is 0.</summary>
    public int Next(int end) => end <= 1 ? 0 : (int)(Bits() % (uint)end);

    public int Next(int start, int end) => start + Next(end - start);

    /// <summary>Once in so many times.</summary>
    public bool OneIn(int times) => Next(times) == 0;

    public T Pick<T>(IReadOnlyList<T> list) => list[Next(list.Count)];

    /// <summary>A length, mostly short.</summary>
    public int Length(int most) => Math.Min(most, 1 + Next(1 << Next(1, 17)));
}
