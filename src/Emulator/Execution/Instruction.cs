using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Execution;

/// <summary>
/// A decoded instruction: operands are numbers of register slots, so that running it looks nothing up.
/// The warp checks sources before <see cref="Execute"/> and marks destinations after it.
/// </summary>
internal abstract class Instruction
{
    /// <summary>Slot that is always readable and may always be written.</summary>
    public const int NoSlot = 0;

    public PtxInstruction Syntax = null!;
    public int Index;
    public int Guard;
    public bool GuardInverted;
    public int Source0;
    public int Source1;
    public int Source2;
    public int Destination;
    public int[] MoreSources = [];
    public int[] MoreDestinations = [];
    public InstructionClass Class;

    public int Line => Syntax.Line;

    /// <summary>Does the work for the lanes in <see cref="Warp.Active"/>.</summary>
    public abstract void Execute(Warp warp);
}
