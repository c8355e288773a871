namespace CogVideoX.Emulator.Execution;

/// <summary>Runs a strand for one turn.</summary>
internal static unsafe class WarpRunner
{
    /// <summary>Runs up to <paramref name="turn"/> instructions; returns how many ran.</summary>
    public static int Run(Warp warp, Strand strand, int turn)
    {
        List<Instruction> code = warp.Code.Instructions;
        ReadOnlySpan<Instruction> instructions = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(code);
        uint* ready = warp.Ready;
        long[] executions = warp.Cta.Launch.Counters.Executions, lanes = warp.Cta.Launch.Counters.ThreadExecutions;
        int ran = 0;
        warp.Strand = strand;
        warp.Yield = false;
        while (ran < turn && !warp.Yield)
        {
            int at = strand.At;
            if (strand.Join is { } join && join.At == at)
            {
                Strands.Meet(warp, strand);
                break;
            }
            Instruction instruction = instructions[at];
            ran++;
            uint active = strand.Mask;
            if (instruction.Guard != Instruction.NoSlot)
            {
                uint unknown = active & ~ready[instruction.Guard];
                if (unknown != 0)
                {
                    warp.Active = unknown;
                    warp.Unwritten.Guard(instruction, unknown);
                    active &= ~unknown;
                }
                uint guard = warp.Predicate(instruction.Guard);
                active &= instruction.GuardInverted ? ~guard : guard;
            }
            warp.Next = at + 1;
            warp.Active = active;
            executions[at]++;
            lanes[at] += int.PopCount((int)active);
            if (active != 0)
                Step(warp, instruction, active, ready);
            strand.At = warp.Next;
        }
        return ran;
    }

    private static void Step(Warp warp, Instruction instruction, uint active, uint* ready)
    {
        uint written = ready[instruction.Source0] & ready[instruction.Source1] & ready[instruction.Source2];
        foreach (int slot in instruction.MoreSources)
            written &= ready[slot];
        if (warp.Code.UsesWgmma)
            WgmmaRegisters.BeforeWrite(warp, instruction);
        if ((active & ~written) != 0)
        {
            warp.Unwritten.Run(instruction, active);
            return;
        }
        if (!instruction.MarksDestinations)
        {
            ready[instruction.Destination] |= active;
            foreach (int slot in instruction.MoreDestinations)
                ready[slot] |= active;
        }
        instruction.Execute(warp);
    }
}
