using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>Copies of a loop's blocks, one for each iteration.</summary>
internal sealed class LoopCopy
{
    private readonly Dictionary<Block, Block> blocks = [];
    private readonly Dictionary<Value, Value> values = [];

    private LoopCopy(Loop wide)
    {
        foreach (Block block in wide.Blocks)
        {
            var copy = new Block();
            blocks.Add(block, copy);
            Blocks.Add(copy);
            foreach (Value parameter in block.Parameters)
            {
                var value = new Value(parameter.Type);
                copy.Parameters.Add(value);
                values.Add(parameter, value);
            }
        }
        foreach (Block block in wide.Blocks)
        {
            foreach (Instruction instruction in block.Instructions)
                Copy(instruction, blocks[block]);
        }
    }

    public List<Block> Blocks { get; } = [];

    /// <summary>Puts the loop's iterations one after the other; the last one leaves at <paramref name="exit"/>.</summary>
    /// <param name="wide">the loop and ways out of it that are to be copied with it</param>
    /// <param name="trips">how often the exit isn't taken</param>
    public static void Unroll(Function function, Loop loop, Loop wide, Block exit, int trips)
    {
        var copies = new List<LoopCopy>();
        for (int i = 0; i < trips; i++)
            copies.Add(new LoopCopy(wide));
        foreach (Block block in wide.Blocks)
        {
            Terminator end = block.Terminator!;
            for (int i = 0; i <= trips; i++)
            {
                LoopCopy? copy = i == 0 ? null : copies[i - 1];
                Block nextHeader = i == trips ? copy?.blocks[loop.Header] ?? loop.Header : copies[i].blocks[loop.Header];
                Block target = copy is null ? block : copy.blocks[block];
                Edge[] edges = block != exit ? end.Edges : [Array.Find(end.Edges, e => loop.Contains(e.Target) == i < trips)!];
                edges = Array.ConvertAll(edges, e => Redirect(e, copy, loop, nextHeader));
                Value? selector = block == exit || end.Selector is null ? null : copy?.Of(end.Selector) ?? end.Selector;
                target.Terminator = new Terminator(end.Location, selector, edges);
            }
        }
        int at = function.Blocks.FindLastIndex(wide.Contains) + 1;
        foreach (LoopCopy copy in copies)
        {
            function.Blocks.InsertRange(at, copy.Blocks);
            at += copy.Blocks.Count;
        }
    }

    private static Edge Redirect(Edge edge, LoopCopy? copy, Loop loop, Block nextHeader)
    {
        Block target = edge.Target == loop.Header ? nextHeader
            : copy is not null && copy.blocks.TryGetValue(edge.Target, out Block? inside) ? inside : edge.Target;
        return new Edge(target, copy is null ? [.. edge.Arguments] : edge.Arguments.ConvertAll(copy.Of));
    }

    private Value Of(Value value) => values.GetValueOrDefault(value, value);

    private void Copy(Instruction instruction, Block target)
    {
        Instruction copy = instruction.With(Array.ConvertAll(instruction.Operands, Of));
        for (int i = 0; i < copy.Results.Length; i++)
            values.Add(instruction.Results[i], copy.Results[i]);
        target.Instructions.Add(copy);
    }
}
