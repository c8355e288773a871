namespace CogVideoX.Emulator.Execution;

/// <summary>A reconvergence point, where the sides of a branch meet again: its immediate post-dominator.</summary>
internal sealed class Join(int at, uint expected, Join? outer, CallFrame? calls)
{
    /// <summary>Index of the instruction where they meet; -1 if each side runs to its end.</summary>
    public int At { get; } = at;

    public uint Expected { get; set; } = expected;

    public uint Arrived { get; set; }

    public Join? Outer { get; } = outer;

    public CallFrame? Calls { get; } = calls;
}
