using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>
/// Replaces loops of known length by their iterations, inner ones first: always if registers are indexed or immediates made by the
/// loop's counter, else if the result is short.
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
        int total = function.Blocks.Sum(b => b.Instructions.Count);
        foreach (Loop loop in loops.InnermostFirst)
        {
            if (!touched.Contains(loop) && TryUnroll(function, loop, flow, dominators, ref total)) touched.Add(loop);
            if (touched.Contains(loop) && loop.Parent is { } parent) touched.Add(parent);
        }
        if (touched.Count > 0) SimplifyBranches.DropUnreachable(function);
        return touched.Count > 0;
    }

    private static bool TryUnroll(Function function, Loop loop, ControlFlow flow, Dominators dominators, ref int total)
    {
        if (FindExit(loop, flow, dominators) is not ({ } exit, int trips)) return false;
        int size = loop.Blocks.Sum(b => b.Instructions.Count);
        int growth = size * trips;
        if (LoopDemands.Unrolling(loop))
        {
            if (total + growth > MaxInstructions)
                throw DiagnosticKinds.UnrolledTooFar.At(loop.Header.Terminator!.Location, total + growth, MaxInstructions);
        }
        else if (growth > MaxGrowth)
        {
            return false;
        }
        EscapingValues.Demote(function, loop);
        LoopCopy.Unroll(function, loop, exit, trips);
        total += growth;
        return true;
    }

    /// <summary>The exit that ends the loop at the latest, and after how many iterations.</summary>
    private static (Block? Exit, int Trips) FindExit(Loop loop, ControlFlow flow, Dominators dominators)
    {
        (Block? Exit, int Trips) best = (null, int.MaxValue);
        foreach (Block block in loop.Blocks)
        {
            if (block.Terminator is not { Edges: [Edge first, Edge second], Selector.Type: IrType.Pred }) continue;
            if (loop.Contains(first.Target) == loop.Contains(second.Target)) continue;
            if (!flow.WaysInto(loop.Header).TrueForAll(w => !loop.Contains(w.From) || dominators.Dominates(block, w.From))) continue;
            if (TripCount.At(block, loop, flow) is { } trips && trips < best.Trips) best = (block, trips);
        }
        return best;
    }
}
