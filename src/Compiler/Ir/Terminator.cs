namespace CogVideoX.Compiler.Ir;

/// <summary>
/// How a block ends: no edge is a return (the thread exits); one a branch; two with a Pred selector an if (edge 0 when true);
/// two or more with an I32 selector a switch (edge i when it equals i, the last one otherwise).
/// </summary>
internal sealed class Terminator(Location? location, Value? selector, params Edge[] edges)
{
    public Location? Location { get; } = location;

    public Value? Selector { get; set; } = selector;

    public Edge[] Edges { get; } = edges;

    public static Terminator Return(Location? location) => new(location, null);

    public static Terminator Branch(Location? location, Block target, params List<Value> arguments) =>
        new(location, null, new Edge(target, arguments));

    public static Terminator If(Location? location, Value condition, Edge whenTrue, Edge whenFalse) =>
        new(location, condition, whenTrue, whenFalse);
}
