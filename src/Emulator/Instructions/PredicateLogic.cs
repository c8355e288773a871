using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>and, or, xor, not and mov of predicates: all lanes in one word.</summary>
internal sealed class PredicateLogic(int d, PredicateSource a, PredicateSource b, Func<uint, uint, uint> function) : ValueInstruction
{
    /// <summary>Written if the other predicate decides: false and anything is false.</summary>
    public override Unwritten Carry(Warp warp, int lane, int result)
    {
        Unwritten left = warp.Unwritten.Of(a.Slot, lane), right = warp.Unwritten.Of(b.Slot, lane);
        uint x = warp.Predicate(a.Slot) ^ a.Flip, y = warp.Predicate(b.Slot) ^ b.Flip;
        uint differs = (left.Any ? function(0, y) ^ function(~0u, y) : 0) | (right.Any ? function(x, 0) ^ function(x, ~0u) : 0);
        if (left.Any && right.Any)
            differs |= (function(0, 0) ^ function(~0u, ~0u)) | (function(0, ~0u) ^ function(~0u, 0));
        return (differs >> lane & 1) == 0 ? default : left.Join(right).AsComputed();
    }

    public override void Execute(Warp warp)
    {
        uint result = function(warp.Predicate(a.Slot) ^ a.Flip, warp.Predicate(b.Slot) ^ b.Flip);
        ref uint to = ref warp.Predicate(d);
        to = to & ~warp.Active | result & warp.Active;
    }
}
