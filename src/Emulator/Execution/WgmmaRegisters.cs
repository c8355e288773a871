using CogVideoX.Emulator.Checking;

namespace CogVideoX.Emulator.Execution;

/// <summary>
/// The registers that a warp's products under way write or read (PTX ISA 9.7.15.1): nobody else may touch them before the wait.
/// </summary>
internal sealed unsafe class WgmmaRegisters
{
    private readonly Dictionary<int, int> accumulators = [];
    private readonly Dictionary<int, int> operands = [];
    private readonly Dictionary<int, long> written = [];
    private long now;
    private long fenced = -1;

    public bool IsPending(int slot) => accumulators.ContainsKey(slot);

    /// <summary>wgmma.fence: what was written to registers so far may be used.</summary>
    public void Fence() => fenced = now;

    /// <summary>An instruction is about to write its destinations.</summary>
    public static void BeforeWrite(Warp warp, Instruction instruction)
    {
        if (instruction.Destination == Instruction.NoSlot)
            return;
        // nvcc puts the moves that zero an accumulator behind the fence, and ptxas makes them nothing: they don't count
        bool counts = instruction.Syntax.Opcode != "mov";
        warp.Wgmma.Write(instruction.Destination, counts);
        foreach (int slot in instruction.MoreDestinations)
            warp.Wgmma.Write(slot, counts);
    }

    public void Issue(Warp warp, int[] d, int[] a, int group)
    {
        foreach (int slot in a)
            RequireFence(slot);
        foreach (int slot in d)
        {
            if (!accumulators.ContainsKey(slot))
                RequireFence(slot);
            accumulators[slot] = group;
            warp.Ready[slot] = 0;
        }
        foreach (int slot in a)
            operands[slot] = group;
    }

    public void Complete(Warp warp, int group)
    {
        foreach ((int slot, int of) in accumulators.ToArray())
        {
            if (of > group)
                continue;
            accumulators.Remove(slot);
            warp.Ready[slot] = ~0u;
        }
        foreach ((int slot, int of) in operands.ToArray())
        {
            if (of <= group)
                operands.Remove(slot);
        }
    }

    private void RequireFence(int slot)
    {
        if (fenced < 0 || (written.TryGetValue(slot, out long at) && at >= fenced))
            throw new FaultException(FaultKind.Asynchronous, "a register of wgmma was written with no wgmma.fence between");
    }

    private void Write(int slot, bool counts)
    {
        if (accumulators.ContainsKey(slot) || operands.ContainsKey(slot))
            throw new FaultException(FaultKind.Asynchronous, "a register of a wgmma that hasn't been waited for is written");
        if (counts)
            written[slot] = now++;
    }
}
