namespace CogVideoX.Compiler.Frontend.Il;

/// <summary>Instructions of a method that run one after the other.</summary>
/// <param name="First">index of its first instruction</param> <param name="End">index after its last one</param>
internal sealed record IlBlock(int First, int End)
{
    /// <summary>Place in reverse postorder: after all blocks that lead to it, but for loops.</summary>
    public int Order { get; set; } = -1;

    /// <summary>Another block (or this one) can branch here.</summary>
    public bool IsTarget { get; set; }
}
