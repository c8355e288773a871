using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Ptx;

/// <summary>A block as it is printed: one of the function's, or one on an edge where only the copies of its arguments stand.</summary>
internal sealed class FlowNode(Block? block)
{
    /// <summary>Null on an edge.</summary>
    public Block? Block { get; } = block;

    /// <summary>Where it goes, in the order of the terminator's edges.</summary>
    public List<FlowNode> Successors { get; } = [];

    public List<FlowNode> Predecessors { get; } = [];

    /// <summary>The only way out, whose arguments are copied at the end; null if there are several ways or none.</summary>
    public Edge? Exit { get; set; }

    /// <summary>Place in the text.</summary>
    public int Index { get; set; } = -1;

    /// <summary>The innermost loop that it lies in.</summary>
    public FlowLoop? Loop { get; set; }

    /// <summary>Position where its parameters are written; instructions follow, four positions each, and the terminator.</summary>
    public int First { get; set; }

    public int Last { get; set; }

    public int End => Last - (LiveRanges.Step - 1);

    public IReadOnlyList<Instruction> Instructions => Block is null ? [] : Block.Instructions;
}
