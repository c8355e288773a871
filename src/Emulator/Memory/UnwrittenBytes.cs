namespace CogVideoX.Emulator.Memory;

/// <summary>Which of up to 32 bytes hold what nobody wrote. Such bytes may be carried anywhere; what depends on them is a fault.</summary>
/// <param name="Mask">a bit a byte</param> <param name="IsComputed">whether they went through arithmetic, which no copy of padding does</param>
internal readonly record struct UnwrittenBytes(uint Mask, bool IsComputed)
{
    /// <summary>All bytes of a register, whatever its size.</summary>
    public static readonly UnwrittenBytes All = new(~0u, IsComputed: true);

    public bool Any => Mask != 0;

    public bool Has(int at) => (Mask >> at & 1) != 0;

    public UnwrittenBytes With(int at, int count, bool computed) => new(Mask | Bits(count) << at, IsComputed || computed);

    /// <summary>Some of the bytes, from <paramref name="at"/> on.</summary>
    public UnwrittenBytes Part(int at, int count)
    {
        uint mask = Mask >> at & Bits(count);
        return new UnwrittenBytes(mask, IsComputed && mask != 0);
    }

    public UnwrittenBytes Join(UnwrittenBytes other) => new(Mask | other.Mask, IsComputed || other.IsComputed);

    /// <summary>The bytes moved up by some places.</summary>
    public UnwrittenBytes Up(int places) => new(Mask << places, IsComputed);

    public bool IsWhole(int bytes) => (Mask & Bits(bytes)) == Bits(bytes);

    /// <summary>Whether groups of so many bytes are unwritten as a whole or not at all.</summary>
    public bool FillsGroups(int bytes)
    {
        for (int at = 0; at < 32; at += bytes)
            if ((Mask >> at & Bits(bytes)) is not 0 and var part && part != Bits(bytes)) return false;
        return true;
    }

    private static uint Bits(int count) => count >= 32 ? ~0u : (1u << count) - 1;
}
