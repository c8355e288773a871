namespace CogVideoX.Compiler.Ptx;

/// <summary>A natural loop: a header and what gets back to it without leaving.</summary>
internal sealed class FlowLoop(FlowLoop? parent)
{
    public FlowLoop? Parent { get; } = parent;

    public int Depth { get; } = parent is null ? 1 : parent.Depth + 1;

    /// <summary>Its nodes and those of loops within, in reverse postorder.</summary>
    public List<FlowNode> Nodes { get; } = [];
}
