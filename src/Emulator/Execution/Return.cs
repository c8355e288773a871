namespace CogVideoX.Emulator.Execution;

/// <summary>ret (PTX ISA 9.7.12.6): back to the caller, or the end of the thread in an entry.</summary>
internal sealed class Return(bool isUniform) : Instruction
{
    public override void Execute(Warp warp)
    {
        Strand strand = warp.Strand;
        if (isUniform)
            Uniform.Require(warp, "ret.uni");
        if (strand.Calls is not { } frame)
        {
            Strands.Exit(warp, warp.Active);
            return;
        }
        foreach (FrameCopy copy in frame.Results)
            copy.Apply(warp);
        Strand returning = strand;
        if (warp.Active != strand.Mask)
        {
            returning = new Strand(warp.Active, frame.ReturnTo);
            strand.Mask &= ~warp.Active;
            warp.Strands.Add(returning);
            warp.Yield = true;
        }
        else
        {
            warp.Next = frame.ReturnTo;
        }
        returning.Join = frame.Join;
        returning.Calls = frame.Outer;
    }
}
