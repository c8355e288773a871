using System.Runtime.Intrinsics;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>setp (PTX ISA 9.7.6.2): p = compare(a, b), combined with a third predicate; q = the opposite, combined too.</summary>
internal sealed unsafe class Compare<T, TComparison>(
    int p, int? q, int a, int b, PredicateSource? c, Func<uint, uint, uint>? combine) : ValueInstruction
    where T : unmanaged where TComparison : struct, IComparison<T>
{
    public override void Execute(Warp warp)
    {
        T* left = warp.Slot<T>(a), right = warp.Slot<T>(b);
        uint result = 0;
        for (int i = 0; i < Warp.Lanes; i += Vector256<T>.Count)
            result |= TComparison.Do(Vector256.Load(left + i), Vector256.Load(right + i)).ExtractMostSignificantBits() << i;
        uint opposite = ~result, active = warp.Active;
        if (c is { } third)
        {
            uint other = warp.Predicate(third.Slot) ^ third.Flip;
            (result, opposite) = (combine!(result, other), combine(opposite, other));
        }
        ref uint to = ref warp.Predicate(p);
        to = to & ~active | result & active;
        if (q is not { } second)
            return;
        ref uint to2 = ref warp.Predicate(second);
        to2 = to2 & ~active | opposite & active;
    }
}
