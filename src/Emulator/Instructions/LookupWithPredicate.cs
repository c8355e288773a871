using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>lop3 with a Boolean operation (PTX ISA 9.7.8.7): p says whether the result is other than zero, combined with q.</summary>
internal sealed class LookupWithPredicate(LaneSlot d, LaneSlot p, LaneSlot[] sources, PredicateSource q, bool isOr, Func<ulong[],
    ulong> function) : ValueInstruction
{
    private readonly ulong[] values = new ulong[sources.Length];

    public override void Execute(Warp warp)
    {
        uint other = warp.Predicate(q.Slot) ^ q.Flip;
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            for (int i = 0; i < sources.Length; i++)
                values[i] = sources[i].Read(warp, lane);
            ulong result = function(values);
            bool holds = (other >> lane & 1) != 0;
            d.Write(warp, lane, result);
            p.Write(warp, lane, (isOr ? result != 0 | holds : result != 0 & holds) ? 1u : 0);
        }
    }
}
