using CogVideoX.Emulator.Checking;

namespace CogVideoX.Emulator.Execution;

/// <summary>Words for registers that can't be read.</summary>
internal static unsafe class RegisterFaults
{
    public static FaultException Unreadable(Warp warp, Instruction instruction, uint active)
    {
        foreach (int slot in (ReadOnlySpan<int>)[instruction.Source0, instruction.Source1, instruction.Source2])
            if ((active & ~warp.Ready[slot]) != 0) return Unreadable(warp, instruction, slot, active);
        throw new InvalidOperationException("every source can be read");
    }

    public static FaultException Unreadable(Warp warp, Instruction instruction, int slot, uint active)
    {
        int lane = int.TrailingZeroCount((int)(active & ~warp.Ready[slot]));
        if (warp.Code.UsesWgmma && warp.Wgmma.IsPending(slot))
            return new FaultException(FaultKind.Asynchronous, "a register of a wgmma that hasn't been waited for is used") { Lane = lane };
        return new FaultException(FaultKind.Uninitialized, $"a register read before it is written, in '{instruction.Syntax}'") { Lane = lane };
    }
}
