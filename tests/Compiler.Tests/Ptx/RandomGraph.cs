using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Tests.Ptx;

/// <summary>
/// A random kernel: blocks with parameters, each of which goes to random others with random arguments, for a number of steps that is
/// counted down. It is run here, value by value, as the IR says.
/// </summary>
internal sealed class RandomGraph
{
    private const int Blocks = 7;
    private const int Variables = 4;

    private readonly Random random;
    private readonly List<Block> blocks = [];
    private readonly Block exit;

    public RandomGraph(int seed)
    {
        random = new Random(seed);
        Inputs = [.. Enumerable.Range(0, Variables).Select(_ => random.Next(-9, 10))];
        IrType[] types = [.. Enumerable.Repeat(IrType.I32, Variables + 1)];
        for (int i = 0; i < Blocks; i++)
            blocks.Add(Kernel.NewBlock(types));
        exit = Kernel.NewBlock(types);
        Value[] start =
            [Constant.I32(random.Next(0, 20)), .. Enumerable.Range(0, Variables).Select(i => Kernel.LoadX(MemoryType.I32, i * 4))];
        Kernel.End(Terminator.Branch(null, blocks[0], [.. start]), blocks[0]);
        for (int i = 0; i < Blocks; i++)
            Fill(blocks[i], i + 1 < Blocks ? blocks[i + 1] : exit);
        Kernel.Build.Block = exit;
        for (int i = 0; i < Outputs; i++)
            Kernel.StoreY(exit.Parameters[i], MemoryType.I32, i * 4);
    }

    public TestKernel Kernel { get; } = new();

    public int[] Inputs { get; }

    public int Outputs => Variables + 1;

    public int[] Expected()
    {
        var known = new Dictionary<Value, int>();
        Block at = blocks[0];
        List<Value> start = Kernel.Function.Entry.Terminator!.Edges[0].Arguments;
        int[] incoming = [(int)((Constant)start[0]).Signed, .. Inputs];
        while (true)
        {
            for (int i = 0; i < incoming.Length; i++)
                known[at.Parameters[i]] = incoming[i];
            if (at == exit)
                return incoming;
            foreach (Instruction instruction in at.Instructions)
                known[instruction.Result] = Compute(instruction, known);
            Terminator end = at.Terminator!;
            Edge edge = end.Selector is null ? end.Edges[0]
                : end.Selector.Type == IrType.Pred ? end.Edges[Get(end.Selector, known) != 0 ? 0 : 1]
                : end.Edges[(int)Math.Min((uint)Get(end.Selector, known), (uint)end.Edges.Length - 1)];
            incoming = [.. edge.Arguments.Select(a => Get(a, known))];
            at = edge.Target;
        }
    }

    private static int Get(Value value, Dictionary<Value, int> known) => value is Constant constant ? (int)constant.Signed : known[value];

    private static int Compute(Instruction instruction, Dictionary<Value, int> known)
    {
        Value[] constants = [.. instruction.Operands.Select(o => (Value)new Constant(o.Type, (ulong)(long)Get(o, known)))];
        var copy = new Instruction(instruction.Opcode, null, constants, instruction.Result.Type) { Condition = instruction.Condition };
        return (int)((Constant)Folding.Of(copy)!).Signed;
    }

    private void Fill(Block block, Block next)
    {
        Kernel.Build.Block = block;
        Value left = Kernel.Build.Emit(Opcode.Sub, IrType.I32, block.Parameters[0], Constant.I32(1));
        Value goesOn = Kernel.Build.Compare(Condition.Gt, left, Constant.I32(0));
        List<Value> values = [.. block.Parameters.Skip(1)];
        for (int i = random.Next(0, 4); i > 0; i--)
        {
            Opcode opcode = random.Next(3) switch { 0 => Opcode.Add, 1 => Opcode.Xor, _ => Opcode.Mul };
            Value made = Kernel.Build.Emit(opcode, IrType.I32, Pick(values), Pick(values));
            values.Add(made);
        }
        Value selector = Kernel.Build.Emit(Opcode.And, IrType.I32, block.Parameters[1], Constant.I32(7));
        Edge onward = To(next, left, values), back = To(Any(), left, values);
        block.Terminator = random.Next(4) == 0 && next != exit
            ? new Terminator(
                null, selector, [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => To(Forward(block), left, values)), onward])
            : Terminator.If(null, goesOn, back, onward);
    }

    private Block Any() => blocks[random.Next(Blocks)];

    private Block Forward(Block from) => blocks[random.Next(blocks.IndexOf(from) + 1, Blocks)];

    private Edge To(Block target, Value left, List<Value> values) =>
        new(
            target,
            [left, .. Enumerable.Range(0, Variables).Select(_ => random.Next(6) == 0 ? Constant.I32(random.Next(50)) : Pick(values))]);

    private Value Pick(List<Value> values) => values[random.Next(values.Count)];
}
