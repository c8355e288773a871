using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>selp (PTX ISA 9.7.6.3): d = c ? a : b.</summary>
internal sealed unsafe class SelectLanes<T>(int d, int a, int b, PredicateSource c) : Instruction where T : unmanaged
{
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
