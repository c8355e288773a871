using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>selp (PTX ISA 9.7.6.3): d = c ? a : b.</summary>
internal sealed unsafe class SelectLanes<T>(int d, int a, int b, PredicateSource c) : ValueInstruction where T : unmanaged
{
    public override Unwritten Carry(Warp warp, int lane, int result)
    {
        Unwritten choice = warp.Unwritten.Of(c.Slot, lane);
        if (choice.Any)
            return choice.AsComputed();
        bool first = ((warp.Predicate(c.Slot) ^ c.Flip) >> lane & 1) != 0;
        return warp.Unwritten.Of(first ? a : b, lane);
    }

    public override void Execute(Warp warp)
    {
        T* to = warp.Slot<T>(d), left = warp.Slot<T>(a), right = warp.Slot<T>(b);
        uint choose = warp.Predicate(c.Slot) ^ c.Flip;
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            to[lane] = (choose >> lane & 1) != 0 ? left[lane] : right[lane];
        }
    }
}
