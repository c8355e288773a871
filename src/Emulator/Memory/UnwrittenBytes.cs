namespace CogVideoX.Emulator.Memory;

/// <summary>Which of up to 32 bytes hold what nobody wrote. Such bytes may be carried anywhere; what depends on them is a fault.</summary>
/// <param name="Mask">a bit a byte</param>
/// <param name="IsComputed">whether they went through arithmetic, which no copy of padding does</param>
/// <param name="IsMasked">whether a mask is all of that arithmetic: what <c>or</c> adds then stands beside them</param>
/// <param name="Kept">bits of the first 16 bytes that are written, in bytes of the mask: a bit-field beside others that aren't</param>
internal readonly record struct UnwrittenBytes(uint Mask, bool IsComputed, UInt128 Kept = default, bool IsMasked = false)
{
    private const int KeptBytes = 16;

    /// <summary>All bytes of a register, whatever its size.</summary>
    public static readonly UnwrittenBytes All = new(~0u, IsComputed: true);

    public bool Any => Mask != 0;

    /// <summary>The bits of the first eight bytes that nobody wrote.</summary>
    public ulong Bits => (ulong)Missing;

    /// <summary>Those of up to eight bytes that have some of these bits.</summary>
    public static UnwrittenBytes OfBits(ulong bits, int bytes, bool computed, bool masked)
    {
        uint mask = 0;
        for (int i = 0; i < bytes; i++)
        {
            if ((bits >> 8 * i & 0xff) != 0)
                mask |= 1u << i;
        }
        return new UnwrittenBytes(mask, computed, Spread(mask) & ~(UInt128)bits, masked);
    }

    public bool Has(int at) => (Mask >> at & 1) != 0;

    /// <summary>The bits of a byte that are written all the same.</summary>
    public byte KeptOf(int at) => at < KeptBytes ? (byte)(Kept >> 8 * at) : (byte)0;

    public UnwrittenBytes With(int at, int count, bool computed) => new(Mask | Some(count) << at, IsComputed || computed, Kept, IsMasked);

    /// <summary>With some bits of a byte that it has written all the same.</summary>
    public UnwrittenBytes Keeping(int at, byte bits) => at < KeptBytes ? this with { Kept = Kept | (UInt128)bits << 8 * at } : this;

    /// <summary>Some of the bytes, from <paramref name="at"/> on.</summary>
    public UnwrittenBytes Part(int at, int count)
    {
        uint mask = Mask >> at & Some(count);
        UInt128 kept = at < KeptBytes ? Kept >> 8 * at & Spread(mask) : 0;
        return new UnwrittenBytes(mask, IsComputed && mask != 0, kept, IsMasked);
    }

    public UnwrittenBytes Join(UnwrittenBytes other)
    {
        uint mask = Mask | other.Mask;
        return new UnwrittenBytes(
            mask, IsComputed || other.IsComputed, Spread(mask) & ~(Missing | other.Missing), IsMasked && other.IsMasked);
    }

    /// <summary>The bytes moved up by some places.</summary>
    public UnwrittenBytes Up(int places) => new(Mask << places, IsComputed, places < KeptBytes ? Kept << 8 * places : 0, IsMasked);

    /// <summary>Whether of so many bytes no bit is written.</summary>
    public bool IsWhole(int bytes) => (Mask & Some(bytes)) == Some(bytes) && (Kept & Spread(Some(bytes))) == 0;

    /// <summary>The lowest bytes, zeros above which a wider register has if they aren't written at all.</summary>
    public UnwrittenBytes Extended(int bytes) => IsWhole(bytes) && !IsComputed ? this with { IsComputed = true, IsMasked = true } : this;

    /// <summary>The lowest bytes without what a mask or an extension put above them.</summary>
    public UnwrittenBytes Lowest(int bytes)
    {
        UnwrittenBytes part = Part(0, bytes);
        return part.IsMasked && part.IsWhole(bytes) ? part with { IsComputed = false, IsMasked = false } : part;
    }

    /// <summary>Whether groups of so many bytes are unwritten as a whole or not at all.</summary>
    public bool FillsGroups(int bytes)
    {
        for (int at = 0; at < 32; at += bytes)
        {
            if ((Mask >> at & Some(bytes)) is not 0 and var part && part != Some(bytes))
                return false;
        }
        return true;
    }

    private static uint Some(int count) => count >= 32 ? ~0u : (1u << count) - 1;

    private UInt128 Missing => Spread(Mask) & ~Kept;

    /// <summary>All bits of the first 16 bytes of a mask.</summary>
    public static UInt128 Spread(uint mask)
    {
        UInt128 bits = 0;
        for (int i = 0; i < KeptBytes; i++)
        {
            if ((mask >> i & 1) != 0)
                bits |= (UInt128)0xff << 8 * i;
        }
        return bits;
    }
}
