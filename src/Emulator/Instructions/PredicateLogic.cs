using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>and, or, xor, not and mov of predicates: all lanes in one word.</summary>
internal sealed class PredicateLogic(int d, PredicateSource a, PredicateSource b, Func<uint, uint, uint> function) : Instruction
{
    public override void Execute(Warp warp)
    {
        uint result = function(warp.Predicate(a.Slot) ^ a.Flip, warp.Predicate(b.Slot) ^ b.Flip);
        ref uint to = ref warp.Predicate(d);
        to = to & ~warp.Active | result & warp.Active;
    }
}
