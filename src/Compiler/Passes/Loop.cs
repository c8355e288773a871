using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>A natural loop: a header that dominates the blocks from which it is reached again.</summary>
internal sealed class Loop(Block header)
{
    public Block Header { get; } = header;

    /// <summary>Header included, in the order of <see cref="ControlFlow.Order"/>.</summary>
    public List<Block> Blocks { get; } = [];

    /// <summary>The same, to ask.</summary>
    public HashSet<Block> Members { get; } = [];

    /// <summary>The smallest loop around this one.</summary>
    public Loop? Parent { get; set; }

    public bool Contains(Block block) => Members.Contains(block);
}
