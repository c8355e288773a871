using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Execution;

/// <summary>
/// A decoded instruction: operands are numbers of register slots, so that running it looks nothing up.
/// The warp checks sources before <see cref="Execute"/> and marks destinations after it.
/// </summary>
/// <param name="marksDestinations">
/// it marks its destinations as written itself: it reads and writes at one register, or waits for other lanes first
/// </param>
internal abstract class Instruction(bool marksDestinations = false)
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

    /// <summary>Slots that it reads, its guard left out.</summary>
    public IEnumerable<int> Sources => MoreSources.Prepend(Source2).Prepend(Source1).Prepend(Source0).Where(slot => slot != NoSlot);

    /// <summary>Slots that it writes.</summary>
    public IEnumerable<int> Destinations => MoreDestinations.Prepend(Destination).Where(slot => slot != NoSlot);

    public readonly bool MarksDestinations = marksDestinations;

    /// <summary>Whether what nobody wrote in a source, or in the guard, is carried on to the results; else it is a fault.</summary>
    public virtual bool MayCarry(int slot) => false;

    /// <summary>What of a result nobody wrote, for a lane with such sources; asked before <see cref="Execute"/>.</summary>
    /// <param name="result">number of the destination</param>
    public virtual Unwritten Carry(Warp warp, int lane, int result) => default;

    /// <summary>
    /// Of a warp, on the tensor cores: its floating-point operations (2·M·N·K), times the bits of an element over 16, since
    /// narrower elements are multiplied faster.
    /// </summary>
    public virtual long TensorWork => 0;

    /// <summary>Does the work for the lanes in <see cref="Warp.Active"/>.</summary>
    public abstract void Execute(Warp warp);
}
