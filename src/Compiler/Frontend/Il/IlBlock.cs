namespace CogVideoX.Compiler.Frontend.Il;

/// <summary>Instructions of a method that run one after the other.</summary>
/// <param name="first">index of its first instruction</param> <param name="end">index after its last one</param>
internal sealed class IlBlock(int first, int end)
{
    public int First { get; } = first;

    public int End { get; } = end;

    /// <summary>Place in reverse postorder: after all blocks that lead to it, but for loops.</summary>
    public int Order { get; set; } = -1;

    /// <summary>A block that comes later in the order leads back here.</summary>
    public bool IsLoop { get; set; }
}
