using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Instructions;

/// <summary>A lane's value, with a bit for each of its bits that nobody wrote.</summary>
internal readonly record struct PartlyWritten(ulong Value, ulong Missing, bool IsComputed, UnwrittenOrigin? Origin)
{
    public static PartlyWritten Of(Warp warp, LaneSlot from, int lane)
    {
        Unwritten unwritten = warp.Unwritten.Of(from.Slot, lane);
        ulong missing = unwritten.Bytes.Part(0, from.Bytes).Bits;
        return new PartlyWritten(from.Read(warp, lane), missing, unwritten.Bytes.IsComputed, unwritten.Origin);
    }

    public Unwritten ToUnwritten(int bytes) =>
        UnwrittenBytes.OfBits(Missing, bytes, IsComputed) is { Any: true } some ? new Unwritten(some, Origin) : default;

    public static PartlyWritten And(PartlyWritten a, PartlyWritten b) =>
        Computed((a.Missing & b.Missing) | (a.Missing & b.Value) | (b.Missing & a.Value), a, b);

    public static PartlyWritten Or(PartlyWritten a, PartlyWritten b) =>
        Computed((a.Missing & b.Missing) | (a.Missing & ~b.Value) | (b.Missing & ~a.Value), a, b);

    /// <summary>Any bitwise function that needs both.</summary>
    public static PartlyWritten Xor(PartlyWritten a, PartlyWritten b) => Computed(a.Missing | b.Missing, a, b);

    /// <summary>Integer sums, differences and low products: a bit depends on those at and below its place.</summary>
    public static PartlyWritten Upward(PartlyWritten a, PartlyWritten b)
    {
        ulong missing = a.Missing | b.Missing;
        return Computed(missing | (0 - missing), a, b);
    }

    /// <summary>Bits moved to other places by a written distance, in the same way as the value's; everything if the distance is unwritten.</summary>
    public static PartlyWritten Shifted(PartlyWritten a, PartlyWritten by, Func<ulong, ulong, ulong> shift) =>
        by.Missing != 0 ? Computed(ulong.MaxValue, a, by) : a with { Missing = shift(a.Missing, by.Value) };

    private static PartlyWritten Computed(ulong missing, PartlyWritten a, PartlyWritten b) => new(0, missing, true, a.Origin ?? b.Origin);
}
