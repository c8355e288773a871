using CogVideoX.Emulator.Checking;

namespace CogVideoX.Emulator.Execution;

/// <summary>brx.idx (PTX ISA 9.7.12.4): each lane goes where its index says.</summary>
internal sealed unsafe class IndexedBranch(int index, int[] targets, bool isUniform) : Instruction
{
    public int[] Targets { get; } = targets;

    public override void Execute(Warp warp)
    {
        uint* at = warp.Slot<uint>(index);
        uint staying = warp.Strand.Mask & ~warp.Active;
        uint rest = warp.Active;
        int last = -1;
        while (rest != 0)
        {
            int lane = int.TrailingZeroCount((int)rest);
            if (at[lane] >= Targets.Length)
            {
                throw new FaultException(
                    FaultKind.Invalid, $"index {at[lane]} of brx.idx, which has {Targets.Length} targets")
                { Lane = lane };
            }
            uint same = 0;
            for (uint others = rest; others != 0; others &= others - 1)
            {
                int other = int.TrailingZeroCount((int)others);
                if (at[other] == at[lane])
                    same |= 1u << other;
            }
            rest &= ~same;
            if (isUniform && (rest | staying) != 0)
            {
                throw new FaultException(
                    FaultKind.Divergent, "brx.idx.uni must not diverge, and lanes that run together go different ways")
                { Lane = lane };
            }
            if (rest == 0 && staying == 0)
                last = Targets[(int)at[lane]];
            else
                Strands.Split(warp, same, Targets[(int)at[lane]], warp.Code.Joins[Index]);
        }
        if (last >= 0)
            warp.Next = last;
    }
}
