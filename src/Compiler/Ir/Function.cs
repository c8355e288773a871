namespace CogVideoX.Compiler.Ir;

/// <summary>A kernel: blocks in any order, the first is the entry and has no parameters and no way into it.</summary>
internal sealed class Function(string name)
{
    /// <summary>The entry's name in PTX.</summary>
    public string Name { get; } = name;

    public List<KernelParameter> Parameters { get; } = [];

    public List<Variable> Variables { get; } = [];

    public List<Block> Blocks { get; } = [];

    public Block Entry => Blocks[0];

    /// <summary>For errors about the kernel as a whole.</summary>
    public Location? Location { get; init; }

    public required LaunchShape Launch { get; init; }
}
