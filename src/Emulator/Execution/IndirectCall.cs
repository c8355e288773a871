using CogVideoX.Emulator.Checking;

namespace CogVideoX.Emulator.Execution;

/// <summary>call through a register (PTX ISA 9.7.12.5): lanes that name the same function go together.</summary>
/// <param name="address">slot of the function's address</param> <param name="targets">functions that the call may reach, by address</param>
internal sealed unsafe class IndirectCall(int address, IReadOnlyDictionary<ulong, Call> targets, bool isUniform) : Instruction
{
    public override void Execute(Warp warp)
    {
        ulong* to = warp.Slot<ulong>(address);
        ulong first = to[int.TrailingZeroCount((int)warp.Active)];
        uint same = 0;
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            if (to[lane] == first)
            {
                same |= 1u << lane;
            }
            else if (isUniform)
            {
                throw new FaultException(FaultKind.Divergent,
                "call.uni, and lanes of the warp call different functions")
                { Lane = lane };
            }
        }
        if (!targets.TryGetValue(first, out Call? call))
        {
            throw new FaultException(FaultKind.Invalid, $"a call to 0x{first:x}, where none of the functions that it may reach begins")
            { Lane = int.TrailingZeroCount((int)same) };
        }
        if (same == warp.Strand.Mask)
        {
            call.Enter(warp, Index);
            return;
        }
        // the others come to this call again, and meet these behind it
        Strands.Split(warp, same, Index, Index + 1);
        warp.Next = Index;
    }
}
