namespace CogVideoX.Emulator.Execution;

/// <summary>exit (PTX ISA 9.7.12.7).</summary>
internal sealed class Exit : Instruction
{
    public override void Execute(Warp warp) => Strands.Exit(warp, warp.Active);
}
