namespace CogVideoX.Compiler.Ir;

/// <summary>Instructions that run one after the other. Values that differ by the way in are parameters of the block (SSA).</summary>
internal sealed class Block
{
    public List<Value> Parameters { get; } = [];

    public List<Instruction> Instructions { get; } = [];

    /// <summary>How it ends; null only while it is being built.</summary>
    public Terminator? Terminator { get; set; }
}
