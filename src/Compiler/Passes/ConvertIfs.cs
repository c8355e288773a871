using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>
/// If-conversion: small branches around pure instructions become selections, and chains of conditions with one common target become one
/// condition (short-circuit and, or). Nothing that reads or writes memory is moved.
/// </summary>
internal sealed class ConvertIfs : IPass
{
    private const int MaxArm = 6;

    /// <summary>Values to choose between: more of them are dearer than a branch.</summary>
    private const int MaxChoices = 4;

    public string Name => "convert ifs";

    public bool Run(Function function)
    {
        var flow = new ControlFlow(function);
        var ways = new Dictionary<Block, int>();
        foreach (Block block in flow.Order)
            ways.Add(block, flow.WaysInto(block).Count);
        var gone = new HashSet<Block>();
        bool changed = false;
        for (int i = flow.Order.Length - 1; i >= 0; i--)
        {
            Block block = flow.Order[i];
            while (!gone.Contains(block) && Convert(block, ways, gone))
                changed = true;
        }
        function.Blocks.RemoveAll(gone.Contains);
        return changed;
    }

    private static bool Convert(Block block, Dictionary<Block, int> ways, HashSet<Block> gone)
    {
        if (block.Terminator is not { Edges: [Edge first, Edge second], Selector.Type: IrType.Pred })
            return false;
        if (first.Target == second.Target)
            return Join(block, first, second, ways, []);
        bool isFirstArm = IsArm(first, block, ways), isSecondArm = IsArm(second, block, ways);
        Edge? afterFirst = isFirstArm ? Exit(first) : null, afterSecond = isSecondArm ? Exit(second) : null;
        if (afterFirst is not null && afterSecond is not null && afterFirst.Target == afterSecond.Target)
            return Join(block, afterFirst, afterSecond, ways, [first.Target, second.Target], gone);
        if (afterFirst is not null && afterFirst.Target == second.Target)
            return Join(block, afterFirst, second, ways, [first.Target], gone);
        if (afterSecond is not null && afterSecond.Target == first.Target)
            return Join(block, first, afterSecond, ways, [second.Target], gone);
        if (isFirstArm && Chain(block, first.Target, second, 0, ways, gone))
            return true;
        return isSecondArm && Chain(block, second.Target, first, 1, ways, gone);
    }

    private static Edge? Exit(Edge edge) => edge.Target.Terminator!.Edges is [Edge exit] && exit.Target != edge.Target ? exit : null;

    /// <summary>A block that only this edge leads to, with few and cheap instructions.</summary>
    private static bool IsArm(Edge edge, Block from, Dictionary<Block, int> ways) =>
        edge.Target != from && ways[edge.Target] == 1 && edge.Target.Parameters.Count == 0
        && edge.Target.Instructions.Count <= MaxArm && edge.Target.Instructions.TrueForAll(IsCheap);

    private static bool IsCheap(Instruction instruction) => instruction.IsPure && instruction.Opcode is not
        (Opcode.Div or Opcode.DivU or Opcode.Rem or Opcode.RemU or Opcode.Ptx or Opcode.Load);

    private static bool Join(
        Block block, Edge whenTrue, Edge whenFalse, Dictionary<Block, int> ways, Block[] arms, HashSet<Block>? gone = null)
    {
        if (Choices(whenTrue, whenFalse) > MaxChoices)
            return false;
        Terminator end = block.Terminator!;
        foreach (Block arm in arms)
        {
            block.Instructions.AddRange(arm.Instructions);
            gone!.Add(arm);
        }
        var builder = new IrBuilder { Block = block, Location = end.Location };
        List<Value> arguments = Choose(builder, end.Selector!, whenTrue, whenFalse);
        block.Terminator = Terminator.Branch(end.Location, whenTrue.Target, [.. arguments]);
        ways[whenTrue.Target]--;
        return true;
    }

    private static int Choices(Edge a, Edge b)
    {
        int count = 0;
        for (int i = 0; i < a.Arguments.Count; i++)
        {
            if (!ReferenceEquals(a.Arguments[i], b.Arguments[i]) && !Folding.SameConstant(a.Arguments[i], b.Arguments[i]))
                count++;
        }
        return count;
    }

    private static List<Value> Choose(IrBuilder builder, Value condition, Edge whenTrue, Edge whenFalse)
    {
        var arguments = new List<Value>();
        for (int i = 0; i < whenTrue.Arguments.Count; i++)
        {
            Value a = whenTrue.Arguments[i], b = whenFalse.Arguments[i];
            arguments.Add(Folding.SameConstant(a, b) ? a : builder.Select(condition, a, b));
        }
        return arguments;
    }

    /// <summary>if (a) { if (b) x else y } else y, for either side and either inner side.</summary>
    /// <param name="inner">the block with the second condition, reached by edge <paramref name="innerEdge"/> of the first</param>
    private static bool Chain(Block block, Block inner, Edge outside, int innerEdge, Dictionary<Block, int> ways, HashSet<Block> gone)
    {
        if (inner.Terminator is not { Edges: [Edge first, Edge second], Selector: { Type: IrType.Pred } innerCondition }
            || first.Target == second.Target)
        {
            return false;
        }
        int common = first.Target == outside.Target ? 0 : second.Target == outside.Target ? 1 : -1;
        if (common < 0 || inner == outside.Target)
            return false;
        Edge commonEdge = common == 0 ? first : second, otherEdge = common == 0 ? second : first;
        if (Choices(commonEdge, outside) > MaxChoices)
            return false;
        Terminator end = block.Terminator!;
        block.Instructions.AddRange(inner.Instructions);
        gone.Add(inner);
        var builder = new IrBuilder { Block = block, Location = end.Location };
        Value reachesInner = innerEdge == 0 ? end.Selector! : builder.Emit(Opcode.Not, IrType.Pred, end.Selector!);
        Value leaves = common == 1 ? innerCondition : builder.Emit(Opcode.Not, IrType.Pred, innerCondition);
        Value toOther = builder.Emit(Opcode.And, IrType.Pred, reachesInner, leaves);
        List<Value> arguments = Choose(builder, reachesInner, commonEdge, outside);
        block.Terminator = Terminator.If(end.Location, toOther, otherEdge, new Edge(outside.Target, [.. arguments]));
        ways[outside.Target]--;
        return true;
    }
}
