namespace CogVideoX.Emulator.Execution;

/// <summary>call (PTX ISA 9.7.12.5): arguments are copied into the callee's frame, results back on its return. No recursion.</summary>
internal sealed unsafe class Call(IReadOnlyList<FrameCopy> arguments, IReadOnlyList<FrameCopy> results, bool isUniform) : Instruction
{
    /// <summary>Index of the callee's first instruction; known once every function is laid out.</summary>
    public int Target { get; set; }

    /// <summary>Slots of the callee's registers, whose values from an earlier call are void.</summary>
    public IReadOnlyCollection<int> Registers { get; set; } = [];

    /// <summary>Where the callee's variables and results stand in the frame; what an earlier call left there is void too.</summary>
    public IReadOnlyList<FrameRange> Variables { get; set; } = [];

    public override void Execute(Warp warp)
    {
        Strand strand = warp.Strand;
        if (warp.Active != strand.Mask)
        {
            if (isUniform)
                Uniform.Require(warp, "call.uni");
            Strands.Split(warp, warp.Active, Index, Index + 1);   // the others wait behind the call
            return;
        }
        Enter(warp, Index);
    }

    /// <summary>All of the strand goes into the function, from the call at an index.</summary>
    public void Enter(Warp warp, int index)
    {
        Strand strand = warp.Strand;
        foreach (int slot in Registers)
            warp.Unwritten.Forget(slot, warp.Active);
        foreach (FrameRange range in Variables)
            warp.Local.Forget(range, warp.Active);
        foreach (FrameCopy copy in arguments)
            copy.Apply(warp);
        var join = new Join(index + 1, strand.Mask, strand.Join, strand.Calls);
        strand.Calls = new CallFrame(index + 1, join, results, strand.Calls);
        strand.Join = null;
        warp.Next = Target;
    }
}
