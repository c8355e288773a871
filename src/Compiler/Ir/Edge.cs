namespace CogVideoX.Compiler.Ir;

/// <summary>A way to a block, with what its parameters take.</summary>
internal sealed class Edge(Block target, params List<Value> arguments)
{
    public Block Target { get; set; } = target;

    public List<Value> Arguments { get; } = arguments;
}
