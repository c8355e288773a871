using System.Globalization;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Ptx;

/// <summary>Prints a kernel's instructions: block after block, with moves, labels and jumps.</summary>
internal sealed class BodyPrinter
{
    /// <summary>Cases of a switch from which on it jumps through a table.</summary>
    private const int LeastTableTargets = 4;

    private readonly FlowGraph graph;
    private readonly FoldedInstructions folded;
    private readonly RegisterSharing sharing;
    private readonly SourceLines source;
    private readonly List<FlowNode> printed = [];
    private readonly HashSet<FlowNode> jumpTargets = [];
    private readonly InstructionPrinter instructions;
    private int tables;

    public BodyPrinter(Function function, SourceLines source)
    {
        this.source = source;
        graph = FlowGraph.Of(function);
        folded = FoldedInstructions.Of(graph);
        sharing = RegisterSharing.Of(graph, folded);
        Registers = new Registers(sharing, folded);
        instructions = new InstructionPrinter(Lines, Registers, folded);
    }

    public PtxLines Lines { get; } = new();

    public Registers Registers { get; }

    public void Print()
    {
        foreach (FlowNode node in graph.Nodes)
        {
            if (Skip(node) == node)
                printed.Add(node);
        }
        for (int i = 0; i < printed.Count; i++)
            FindTargets(printed[i], i + 1 < printed.Count ? printed[i + 1] : null);
        for (int i = 0; i < printed.Count; i++)
            Print(printed[i], i + 1 < printed.Count ? printed[i + 1] : null);
    }

    private static string Label(FlowNode node) => string.Create(CultureInfo.InvariantCulture, $"$L{node.Index}");

    /// <summary>The first node from here on that prints something.</summary>
    private FlowNode Skip(FlowNode node)
    {
        FlowNode next = node;
        for (int steps = 0; IsEmpty(next); steps++)
        {
            if (steps > graph.Nodes.Count)
                return node;
            next = next.Successors[0];
        }
        return next;
    }

    private bool IsEmpty(FlowNode node)
    {
        if (node.Exit is null)
            return false;
        foreach (Instruction instruction in node.Instructions)
        {
            if (!folded.Contains(instruction))
                return false;
        }
        return sharing.CopiesAtEnd(node).Count == 0;
    }

    private void FindTargets(FlowNode node, FlowNode? following)
    {
        FlowNode[] ways = [.. node.Successors.Select(Skip)];
        bool isSwitch = ways.Length > 2 || (ways.Length == 2 && node.Block!.Terminator!.Selector!.Type != IrType.Pred);
        foreach (FlowNode way in ways)
        {
            if (isSwitch || way != following)
                jumpTargets.Add(way);
        }
    }

    private static bool UsesTable(FlowNode node) => node.Exit is null && node.Successors.Count > LeastTableTargets;

    private void Print(FlowNode node, FlowNode? following)
    {
        if (jumpTargets.Contains(node))
            Lines.Label(Label(node));
        foreach (Instruction instruction in node.Instructions)
        {
            if (folded.Contains(instruction))
                continue;
            source.At(instruction.Location, Lines);
            Print(sharing.CopiesBefore(instruction));
            instructions.Print(instruction);
        }
        source.At(node.Block?.Terminator?.Location, Lines);
        if (node.Exit is not null)
        {
            Print(sharing.CopiesAtEnd(node));
            Jump(Skip(node.Successors[0]), following);
        }
        else if (node.Successors.Count == 0)
        {
            Lines.Add("ret;");
        }
        else
        {
            Branch(node, following);
        }
    }

    private void Branch(FlowNode node, FlowNode? following)
    {
        Value selector = node.Block!.Terminator!.Selector!;
        FlowNode[] ways = [.. node.Successors.Select(Skip)];
        if (UsesTable(node))
            Table(Registers.Of(selector), ways);
        else if (selector.Type != IrType.Pred)
            Chain(Registers.Of(selector), ways, following);
        else
            If(selector, ways[0], ways[1], following);
    }

    private void If(Value selector, FlowNode whenTrue, FlowNode whenFalse, FlowNode? following)
    {
        (Value condition, bool inverted) = folded.Condition(selector);
        if (inverted)
            (whenTrue, whenFalse) = (whenFalse, whenTrue);
        if (whenTrue == following)
        {
            if (whenFalse != following)
                Lines.Add($"@!{Registers.Of(condition)} bra {Label(whenFalse)};");
            return;
        }
        Lines.Add($"@{Registers.Of(condition)} bra {Label(whenTrue)};");
        Jump(whenFalse, following);
    }

    private void Jump(FlowNode target, FlowNode? following)
    {
        if (target != following)
            Lines.Statement("bra.uni", Label(target));
    }

    private void Chain(string selector, FlowNode[] ways, FlowNode? following)
    {
        string isCase = Registers.Fresh(RegisterClass.Pred);
        for (int i = 0; i < ways.Length - 1; i++)
        {
            Lines.Statement("setp.eq.s32", isCase, selector, i.ToString(CultureInfo.InvariantCulture));
            Lines.Add($"@{isCase} bra {Label(ways[i])};");
        }
        Jump(ways[^1], following);
    }

    private void Table(string selector, FlowNode[] ways)
    {
        string isOutside = Registers.Fresh(RegisterClass.Pred);
        string table = string.Create(CultureInfo.InvariantCulture, $"$T{tables++}");
        Lines.Statement("setp.ge.u32", isOutside, selector, (ways.Length - 1).ToString(CultureInfo.InvariantCulture));
        Lines.Add($"@{isOutside} bra {Label(ways[^1])};");
        Lines.Add($"{table}: .branchtargets {string.Join(", ", ways[..^1].Select(Label))};");
        Lines.Statement("brx.idx", selector, table);
    }

    private void Print(IReadOnlyList<Copy> copies)
    {
        if (copies.Count == 0)
            return;
        var kinds = new Dictionary<string, RegisterClass>();
        var moves = new List<(string To, string From)>(copies.Count);
        foreach (Copy copy in copies)
        {
            string to = Registers.Of(copy.To);
            kinds.Add(to, PtxTypes.ClassOf(copy.To.Type));
            moves.Add((to, copy.From is Constant constant ? Registers.Number(constant) : Registers.Of(copy.From)));
        }
        foreach ((string to, string from) in ParallelCopies.InOrder(moves, Temporary))
            Lines.Statement($"mov.{PtxTypes.Word(kinds[to])}", to, from);

        string Temporary(string like)
        {
            string made = Registers.Fresh(kinds[like]);
            kinds.Add(made, kinds[like]);
            return made;
        }
    }
}
