using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>
/// Loop rotation (loop inversion): C# tests at the top of a loop and jumps back to the test: two branches an iteration. The test is copied
/// to every way that leads to it, so that one is left, at the end. Only tests without effects are copied.
/// </summary>
internal sealed class RotateLoops : IPass
{
    private const int MaxTest = 16;

    public string Name => "rotate loops";

    public bool Run(Function function)
    {
        bool any = false;
        for (bool changed = true; changed;)
        {
            var flow = new ControlFlow(function);
            Loop? next = new LoopForest(flow, new Dominators(flow)).InnermostFirst.Find(l => IsTestedAtTop(l, flow));
            changed = next is not null;
            any |= changed;
            if (next is not null)
                Rotate(function, next, flow);
        }
        return any;
    }

    private static bool IsTestedAtTop(Loop loop, ControlFlow flow)
    {
        Block header = loop.Header;
        if (header.Terminator is not { Edges: [Edge first, Edge second] } || loop.Contains(first.Target) == loop.Contains(second.Target))
            return false;
        return loop.Blocks.Count > 1 && header.Instructions.Count <= MaxTest
            && header.Instructions.TrueForAll(i => i.IsPure && i.Opcode != Opcode.Load)
            && flow.WaysInto(header).TrueForAll(w => !loop.Contains(w.From) || (w.From != header && w.From.Terminator!.Edges.Length == 1));
    }

    private static void Rotate(Function function, Loop loop, ControlFlow flow)
    {
        var test = new Loop(loop.Header);
        test.Members.Add(loop.Header);
        test.Blocks.Add(loop.Header);
        Block before = Preheaders.Ensure(function, loop, flow.WaysInto(loop.Header));
        EscapingValues.Demote(function, test);
        CopyTo(before, loop.Header);
        foreach (Way way in flow.WaysInto(loop.Header))
        {
            if (loop.Contains(way.From))
                CopyTo(way.From, loop.Header);
        }
        SimplifyBranches.DropUnreachable(function);
    }

    /// <summary>Ends the block with what the test does, in the place of its branch there.</summary>
    private static void CopyTo(Block block, Block test)
    {
        Edge entry = block.Terminator!.Edges[0];
        var values = new Dictionary<Value, Value>();
        for (int i = 0; i < test.Parameters.Count; i++)
            values.Add(test.Parameters[i], entry.Arguments[i]);
        foreach (Instruction instruction in test.Instructions)
        {
            Instruction copy = instruction.With(Array.ConvertAll(instruction.Operands, Of));
            for (int i = 0; i < copy.Results.Length; i++)
                values.Add(instruction.Results[i], copy.Results[i]);
            block.Instructions.Add(copy);
        }
        Terminator end = test.Terminator!;
        block.Terminator = new Terminator(end.Location, Of(end.Selector!),
            Array.ConvertAll(end.Edges, e => new Edge(e.Target, e.Arguments.ConvertAll(Of))));

        Value Of(Value value) => values.GetValueOrDefault(value, value);
    }
}
