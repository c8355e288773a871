namespace CogVideoX.Sampling;

/// <summary>mt19937 (Matsumoto and Nishimura, ACM TOMACS 8(1), 1998), seeded with one 32-bit number.</summary>
internal sealed class MersenneTwister
{
    private const int Size = 624;
    private const int Middle = 397;

    private readonly uint[] state = new uint[Size];
    private int next = Size;

    public MersenneTwister(uint seed)
    {
        state[0] = seed;
        for (uint i = 1; i < Size; i++)
            state[i] = 1812433253u * (state[i - 1] ^ (state[i - 1] >> 30)) + i;
    }

    /// <exception cref="SamplingException">Words or a position that no generator has.</exception>
    public MersenneTwister(ReadOnlySpan<uint> words, int next)
    {
        if (words.Length != Size || next < 0 || next > Size || words.IndexOfAnyExcept(0u) < 0)
        {
            throw new SamplingException(
                $"{words.Length} words with {next} used are no state of a generator; "
                + $"it has {Size}, not all of them 0, and 0 to {Size} are used.");
        }
        words.CopyTo(state);
        this.next = next;
    }

    public uint[] Words => [.. state];

    public int Used => next;

    public uint Next32()
    {
        if (next == Size)
            Twist();
        uint y = state[next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C5680;
        y ^= (y << 15) & 0xEFC60000;
        return y ^ (y >> 18);
    }

    /// <summary>Two draws; the first is the upper half.</summary>
    public ulong Next64()
    {
        ulong upper = Next32();
        return (upper << 32) | Next32();
    }

    private void Twist()
    {
        for (int i = 0; i < Size - Middle; i++)
            state[i] = state[i + Middle] ^ Mix(state[i], state[i + 1]);
        for (int i = Size - Middle; i < Size - 1; i++)
            state[i] = state[i + Middle - Size] ^ Mix(state[i], state[i + 1]);
        state[Size - 1] = state[Middle - 1] ^ Mix(state[Size - 1], state[0]);
        next = 0;
    }

    private static uint Mix(uint upper, uint lower)
    {
        uint joined = (upper & 0x80000000) | (lower & 0x7FFFFFFF);
        return (joined >> 1) ^ (0u - (lower & 1) & 0x9908B0DF);
    }
}
