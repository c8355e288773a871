using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>
/// An instruction that the lanes of a member mask execute together (PTX ISA 9.7.9.6, 9.7.13.7–11): it waits until all have come.
/// </summary>
internal abstract unsafe class WarpCollective(int maskSlot) : Instruction(marksDestinations: true)
{
    public sealed override void Execute(Warp warp)
    {
        Strand strand = warp.Strand;
        if (IsTogether(warp))
        {
            strand.WarpNeeds = 0;
            Run(warp, warp.Active);
            return;
        }
        strand.WarpActive = warp.Active;
        strand.WarpNeeds = Needs(warp, warp.Active);
        (uint present, uint needs) = Present(warp);
        if ((needs & warp.Live & ~present) != 0)
        {
            strand.Waiting = $"'{Syntax.Opcode}' at line {Line}, for lanes 0x{needs & warp.Live & ~present:x8}";
            strand.CanResume = () =>
            {
                (uint here, uint wanted) = Present(warp);
                return (wanted & warp.Live & ~here) == 0;
            };
            warp.Next = Index;
            warp.Yield = true;
            return;
        }
        warp.Active = present;
        uint* masks = warp.Slot<uint>(maskSlot);
        for (uint rest = present; rest != 0;)
        {
            uint members = masks[int.TrailingZeroCount((int)rest)];
            uint group = 0;
            for (uint others = rest; others != 0; others &= others - 1)
            {
                if (masks[int.TrailingZeroCount((int)others)] == members)
                    group |= others & ~(others - 1);
            }
            Run(warp, group);
            rest &= ~group;
        }
        foreach (Strand other in warp.Strands)
        {
            if (other.WarpNeeds == 0 || other.At != Index)
                continue;
            other.WarpNeeds = 0;
            if (other == strand)
                continue;
            other.At = Index + 1;
            other.Waiting = null;
            other.CanResume = null;
        }
    }

    protected int MaskSlot => maskSlot;

    /// <summary>Does the work for lanes that named the same members, and marks its destinations as written.</summary>
    protected abstract void Run(Warp warp, uint group);

    protected void Mark(Warp warp, uint group)
    {
        warp.Ready[Destination] |= group;
        foreach (int slot in MoreDestinations)
            warp.Ready[slot] |= group;
    }

    /// <summary>The usual case: all lanes name the same members, these are all here, and nobody else waits at a collective.</summary>
    private bool IsTogether(Warp warp)
    {
        uint* masks = warp.Slot<uint>(maskSlot);
        uint active = warp.Active, members = masks[int.TrailingZeroCount((int)active)];
        if ((active & ~members) != 0 || (members & warp.Live & ~active) != 0)
            return false;
        for (uint rest = active; rest != 0; rest &= rest - 1)
        {
            if (masks[int.TrailingZeroCount((int)rest)] != members)
                return false;
        }
        foreach (Strand other in warp.Strands)
        {
            if (other != warp.Strand && other.WarpNeeds != 0)
                return false;
        }
        return true;
    }

    private (uint Present, uint Needs) Present(Warp warp)
    {
        uint present = 0, needs = 0;
        foreach (Strand strand in warp.Strands)
        {
            if (strand.WarpNeeds == 0 || strand.At != Index)
                continue;
            present |= strand.WarpActive;
            needs |= strand.WarpNeeds;
        }
        return (present, needs);
    }

    private uint Needs(Warp warp, uint active)
    {
        uint* masks = warp.Slot<uint>(maskSlot);
        uint needs = 0;
        for (uint rest = active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            if ((masks[lane] >> lane & 1) == 0)
            {
                throw new FaultException(
                    FaultKind.Divergent,
                    $"a lane executes {Syntax.Opcode} and isn't in its member mask 0x{masks[lane]:x8}")
                { Lane = lane };
            }
            needs |= masks[lane];
        }
        return needs;
    }
}
