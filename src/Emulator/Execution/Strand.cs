namespace CogVideoX.Emulator.Execution;

/// <summary>
/// A converged subset of a warp: lanes that share a program counter and run together. The strands of a warp take turns, so each makes
/// progress (independent thread scheduling, PTX ISA 3.1).
/// </summary>
internal sealed class Strand(uint mask, int at)
{
    public uint Mask = mask;
    public int At = at;
    public Join? Join;
    public CallFrame? Calls;

    /// <summary>What it waits for; its text is words for people. Null while it can run.</summary>
    public object? Waiting;

    /// <summary>Tried before each turn of a waiting strand; true lets it go on.</summary>
    public Func<bool>? CanResume;

    /// <summary>Lanes whose arrival a warp-wide instruction at <see cref="At"/> waits for.</summary>
    public uint WarpNeeds;

    /// <summary>Its lanes that execute that instruction.</summary>
    public uint WarpActive;

    /// <summary>State of the launch when it last asked in vain; it asks again when that has changed.</summary>
    public long Idle = -1;

    /// <summary>A try_wait may give up once nothing else can run.</summary>
    public bool MayGiveUp;
    public bool GaveUp;
}
