using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>
/// An instruction that does nothing but make values of registers: what nobody wrote in its sources makes its results unwritten.
/// </summary>
internal abstract class ValueInstruction : Instruction
{
    public override bool MayCarry(int slot) => true;

    public override Unwritten Carry(Warp warp, int lane, int result)
    {
        Unwritten all = default;
        foreach (int slot in Sources)
            all = all.Join(warp.Unwritten.Of(slot, lane));
        return all.AsComputed();
    }
}
