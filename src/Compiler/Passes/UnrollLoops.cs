using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>
/// Full loop unrolling: replaces loops of known length by their iterations, inner ones first: always if registers are indexed or immediates
/// made by the loop's counter, else if the result is short.
/// </summary>
internal sealed class UnrollLoops : IPass
{
    /// <summary>Instructions that a kernel may grow to.</summary>
    public const int MaxInstructions = 100_000;

    /// <summary>Instructions that a loop may become which needn't be unrolled: about what an instruction cache forgives.</summary>
    private const int MaxGrowth = 512;

    public string Name => "unroll loops";

    public bool Run(Function function)
    {
        var flow = new ControlFlow(function);
        var dominators = new Dominators(flow);
        var loops = new LoopForest(flow, dominators);
        var touched = new HashSet<Loop>();
        var bounds = new Bounds(function.Launch);
        int total = function.Blocks.Sum(b => b.Instructions.Count);
        foreach (Loop loop in loops.InnermostFirst)
        {
            if (touched.Contains(loop))
                continue;
            if (TryUnroll(function, loop, flow, dominators, bounds, touched, ref total) is not { } copied)
                continue;
            foreach (Block block in copied.Blocks)
            {
                for (Loop? around = loops.Of(block); around is not null; around = around.Parent)
                    touched.Add(around);
            }
        }
        if (touched.Count > 0)
            SimplifyBranches.DropUnreachable(function);
        return touched.Count > 0;
    }

    /// <summary>The blocks that were copied: the loop, and ways out of it that depend on the iteration. Null if it stays.</summary>
    private static Loop? TryUnroll(
        Function function, Loop loop, ControlFlow flow, Dominators dominators, Bounds bounds, HashSet<Loop> touched, ref int total)
    {
        if (FindExit(loop, flow, dominators, bounds) is not ({ } exit, int trips))
            return null;
        List<Block> demanding = LoopDemands.Find(loop, flow, dominators);
        Loop wide = LoopDemands.Widen(loop, demanding, flow);
        if (wide.Blocks.Count > loop.Blocks.Count && touched.Count > 0)
            return null;
        int growth = wide.Blocks.Sum(b => b.Instructions.Count) * trips;
        if (demanding.Count == 0 && growth > MaxGrowth)
            return null;
        if (total + growth > MaxInstructions)
            throw DiagnosticKinds.UnrolledTooFar.At(loop.Header.Terminator!.Location, total + growth, MaxInstructions);
        EscapingValues.Demote(function, wide);
        LoopCopy.Unroll(function, loop, wide, exit, trips);
        total += growth;
        return wide;
    }

    /// <summary>The exit that ends the loop at the latest, and after how many iterations.</summary>
    private static (Block? Exit, int Trips) FindExit(Loop loop, ControlFlow flow, Dominators dominators, Bounds bounds)
    {
        (Block? Exit, int Trips) best = (null, int.MaxValue);
        foreach (Block block in loop.Blocks)
        {
            if (block.Terminator is not { Edges: [Edge first, Edge second], Selector.Type: IrType.Pred })
                continue;
            if (loop.Contains(first.Target) == loop.Contains(second.Target))
                continue;
            if (!flow.WaysInto(loop.Header).TrueForAll(w => !loop.Contains(w.From) || dominators.Dominates(block, w.From)))
                continue;
            if (TripCount.At(block, loop, flow, bounds) is { } trips && trips < best.Trips)
                best = (block, trips);
        }
        return best;
    }
}
