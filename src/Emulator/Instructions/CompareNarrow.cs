using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>setp of halves, packed halves (p and q are the two results; PTX ISA 9.7.7.2) and of flushed single precision.</summary>
internal sealed class CompareNarrow(
    PtxType type, Func<double, double, bool> asks, bool flush, int p, int? q, int a, int b,
    PredicateSource? c, Func<uint, uint, uint>? combine) : ValueInstruction
{
    public override void Execute(Warp warp)
    {
        LaneSlot left = new(a, type.Bytes()), right = new(b, type.Bytes());
        bool packed = type is PtxType.F16x2 or PtxType.BF16x2;
        uint low = 0, high = 0;
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            ulong x = left.Read(warp, lane), y = right.Read(warp, lane);
            if (asks(CompareOpcodes.Value(x, type, flush), CompareOpcodes.Value(y, type, flush)))
                low |= 1u << lane;
            if (packed && asks(CompareOpcodes.Value(x >> 16, type), CompareOpcodes.Value(y >> 16, type)))
                high |= 1u << lane;
        }
        if (!packed)
            high = ~low;
        if (c is { } third)
        {
            uint other = warp.Predicate(third.Slot) ^ third.Flip;
            (low, high) = (combine!(low, other), combine(high, other));
        }
        Write(warp, p, low);
        if (q is { } second)
            Write(warp, second, high);
    }

    private static void Write(Warp warp, int slot, uint bits)
    {
        ref uint to = ref warp.Predicate(slot);
        to = to & ~warp.Active | bits & warp.Active;
    }
}
