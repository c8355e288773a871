using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend;

/// <summary>What is known of a reached IL block.</summary>
internal sealed class BlockState(Block block)
{
    public Block Block { get; } = block;

    public bool IsTranslated { get; set; }

    /// <summary>The blocks that lead here, with the IL stack each leaves, bottom first.</summary>
    public List<(Block From, StackValue[] Stack)> Ways { get; } = [];
}
