using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend;

/// <summary>What is known of a reached IL block.</summary>
internal sealed class BlockState
{
    /// <summary>Where it begins in the kernel, unless it turns out to go on in the only block before it.</summary>
    public Block Block { get; } = new();

    public bool IsTranslated { get; set; }

    /// <summary>The blocks that lead here, with the IL stack each leaves, bottom first.</summary>
    public List<(Block From, StackValue[] Stack)> Ways { get; } = [];
}
