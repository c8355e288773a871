using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Instructions;

/// <summary>A lane's value, with a bit for each of its bits that nobody wrote.</summary>
internal readonly record struct PartlyWritten(
    ulong Value, ulong Missing, bool IsComputed, UnwrittenOrigin? Origin, bool IsMasked = false, bool IsWhole = false)
{
    public static PartlyWritten Of(Warp warp, LaneSlot from, int lane)
    {
        Unwritten unwritten = warp.Unwritten.Of(from.Slot, lane);
        ulong missing = unwritten.Bytes.Part(0, from.Bytes).Bits;
        return new PartlyWritten(from.Read(warp, lane), missing, unwritten.Bytes.IsComputed, unwritten.Origin, unwritten.Bytes.IsMasked,
            unwritten.Bytes.IsWhole(from.Bytes));
    }

    public Unwritten ToUnwritten(int bytes) =>
        UnwrittenBytes.OfBits(Missing, bytes, IsComputed, IsMasked) is { Any: true } some ? new Unwritten(some, Origin) : default;

    public static PartlyWritten And(PartlyWritten a, PartlyWritten b)
    {
        bool masks = (a.Missing == 0 || a.IsCopied) && (b.Missing == 0 || b.IsCopied) && (a.Missing == 0 || b.Missing == 0);
        return Computed((a.Missing & b.Missing) | (a.Missing & b.Value) | (b.Missing & a.Value), a, b) with { IsMasked = masks };
    }

    /// <summary>Values side by side make no new ones: parts of a larger value, or a bit-field in the gap that a mask made for it.</summary>
    public static PartlyWritten Or(PartlyWritten a, PartlyWritten b)
    {
        bool beside = a.StandsBeside(b) && b.StandsBeside(a);
        return Computed((a.Missing & b.Missing) | (a.Missing & ~b.Value) | (b.Missing & ~a.Value), a, b) with { IsComputed = !beside };
    }

    /// <summary>Any bitwise function that needs both.</summary>
    public static PartlyWritten Xor(PartlyWritten a, PartlyWritten b) => Computed(a.Missing | b.Missing, a, b);

    /// <summary>Integer sums, differences and low products: a bit depends on those at and below its place.</summary>
    public static PartlyWritten Upward(PartlyWritten a, PartlyWritten b)
    {
        ulong missing = a.Missing | b.Missing;
        return Computed(missing | (0 - missing), a, b);
    }

    /// <summary>Bits moved by a written distance, in the same way as the value's; everything if the distance is unwritten.</summary>
    public static PartlyWritten Shifted(PartlyWritten a, PartlyWritten by, Func<ulong, ulong, ulong> shift) =>
        by.Missing != 0 ? Computed(ulong.MaxValue, a, by) : a.Moved(shift(a.Missing, by.Value));

    /// <summary>
    /// Its bits at other places. Zeros beside a value that nobody wrote at all are no part of it: what leaves the launch then is such a
    /// value still.
    /// </summary>
    public PartlyWritten Moved(ulong missing) =>
        this with { Missing = missing, IsComputed = IsComputed || IsWhole, IsMasked = IsMasked || (IsWhole && !IsComputed) };

    /// <summary>Whether it came here by copies, masks and moves alone.</summary>
    public bool IsCopied => !IsComputed || IsMasked;

    private bool StandsBeside(PartlyWritten other)
    {
        if (Missing == 0)
            return true;
        if (!IsCopied)
            return false;
        var bytes = (ulong)UnwrittenBytes.Spread(UnwrittenBytes.OfBits(Missing, 8, false, false).Mask);
        return (IsMasked && other.Missing == 0) || (bytes & (other.Missing | other.Value)) == 0;
    }

    private static PartlyWritten Computed(ulong missing, PartlyWritten a, PartlyWritten b) => new(0, missing, true, a.Origin ?? b.Origin);
}
