namespace CogVideoX.Emulator.Execution;

/// <summary>bra (PTX ISA 9.7.12.3).</summary>
internal sealed class Branch(int target, bool isUniform) : Instruction
{
    public int Target { get; set; } = target;

    public override void Execute(Warp warp)
    {
        Strand strand = warp.Strand;
        if (isUniform)
            Uniform.Require(warp, "bra.uni");
        if (warp.Active == strand.Mask)
            warp.Next = Target;
        else if (warp.Active != 0)
            Strands.Split(warp, warp.Active, Target, warp.Code.Joins[Index]);
    }
}
