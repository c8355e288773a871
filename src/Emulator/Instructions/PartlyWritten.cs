using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Instructions;

/// <summary>A lane's value, with a bit for each of its bits that nobody wrote.</summary>
internal readonly record struct PartlyWritten(ulong Value, ulong Missing, bool IsComputed, UnwrittenOrigin? Origin)
{
    public static PartlyWritten Of(Warp warp, LaneSlot from, int lane)
    {
        Unwritten unwritten = warp.Unwritten.Of(from.Slot, lane);
        ulong missing = 0;
        for (int i = 0; i < Math.Min(from.Bytes, 8); i++)
            if (unwritten.Bytes.Has(i)) missing |= 0xffUL << 8 * i;
        return new PartlyWritten(from.Read(warp, lane), missing, unwritten.Bytes.IsComputed, unwritten.Origin);
    }

    /// <summary>By the byte: one is unwritten if any of its bits is.</summary>
    public Unwritten ToUnwritten(int bytes)
    {
        uint mask = 0;
        for (int i = 0; i < bytes; i++)
            if ((Missing >> 8 * i & 0xff) != 0) mask |= 1u << i;
        return mask == 0 ? default : new Unwritten(new UnwrittenBytes(mask, IsComputed), Origin);
    }

    public static PartlyWritten And(PartlyWritten a, PartlyWritten b) =>
        Computed((a.Missing & b.Missing) | (a.Missing & b.Value) | (b.Missing & a.Value), a, b);

    public static PartlyWritten Or(PartlyWritten a, PartlyWritten b) =>
        Computed((a.Missing & b.Missing) | (a.Missing & ~b.Value) | (b.Missing & ~a.Value), a, b);

    /// <summary>Any bitwise function that needs both.</summary>
    public static PartlyWritten Xor(PartlyWritten a, PartlyWritten b) => Computed(a.Missing | b.Missing, a, b);

    /// <summary>Bits moved to other places by a written distance, in the same way as the value's; everything if the distance is unwritten.</summary>
    public static PartlyWritten Shifted(PartlyWritten a, PartlyWritten by, Func<ulong, ulong, ulong> shift) =>
        by.Missing != 0 ? Computed(ulong.MaxValue, a, by) : a with { Missing = shift(a.Missing, by.Value) };

    private static PartlyWritten Computed(ulong missing, PartlyWritten a, PartlyWritten b) => new(0, missing, true, a.Origin ?? b.Origin);
}
