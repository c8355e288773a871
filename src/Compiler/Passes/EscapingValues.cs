using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>
/// Out of loop-closed SSA form: before a loop's blocks are copied, values of it that are read after it go through Locals: with several
/// copies, which one's value is read depends on the way out. Promotion turns the Locals to block parameters where that is needed.
/// </summary>
internal sealed class EscapingValues
{
    private readonly HashSet<Value> inside = [];
    private readonly Dictionary<Value, Value> locals = [];
    private readonly List<Instruction> slots = [];

    private EscapingValues(Loop loop)
    {
        foreach (Block block in loop.Blocks)
        {
            inside.UnionWith(block.Parameters);
            foreach (Instruction instruction in block.Instructions)
                inside.UnionWith(instruction.Results);
        }
    }

    public static void Demote(Function function, Loop loop)
    {
        var values = new EscapingValues(loop);
        foreach (Block block in function.Blocks)
        {
            if (!loop.Contains(block))
                values.ReadFromLocals(block);
        }
        if (values.locals.Count == 0)
            return;
        foreach (Block block in loop.Blocks)
            values.WriteToLocals(block);
        function.Entry.Instructions.InsertRange(0, values.slots);
    }

    private static MemoryType MemoryOf(IrType type) => type switch
    {
        IrType.B16 => MemoryType.B16,
        IrType.I64 => MemoryType.I64,
        IrType.F32 => MemoryType.F32,
        IrType.F64 => MemoryType.F64,
        IrType.LocalPtr => MemoryType.LocalPtr,
        IrType.GlobalPtr => MemoryType.GlobalPtr,
        IrType.SharedPtr => MemoryType.SharedPtr,
        IrType.ConstPtr => MemoryType.ConstPtr,
        IrType.ThreadPtr => MemoryType.ThreadPtr,
        _ => MemoryType.I32,
    };

    private void ReadFromLocals(Block block)
    {
        var builder = new IrBuilder { Block = new Block() };
        foreach (Instruction instruction in block.Instructions)
        {
            builder.Location = instruction.Location;
            for (int i = 0; i < instruction.Operands.Length; i++)
                instruction.Operands[i] = Read(builder, instruction.Operands[i]);
            builder.Block.Instructions.Add(instruction);
        }
        Terminator end = block.Terminator!;
        builder.Location = end.Location;
        if (end.Selector is { } selector)
            end.Selector = Read(builder, selector);
        foreach (Edge edge in end.Edges)
        {
            for (int i = 0; i < edge.Arguments.Count; i++)
                edge.Arguments[i] = Read(builder, edge.Arguments[i]);
        }
        block.Instructions.Clear();
        block.Instructions.AddRange(builder.Block.Instructions);
    }

    private Value Read(IrBuilder builder, Value value)
    {
        if (!inside.Contains(value))
            return value;
        if (!locals.TryGetValue(value, out Value? local))
        {
            MemoryType memory = MemoryOf(value.Type);
            var made = new Instruction(Opcode.Local, builder.Location, [Constant.I32(memory.Bytes)], IrType.LocalPtr);
            slots.Add(made);
            locals.Add(value, local = made.Result);
        }
        MemoryType type = MemoryOf(value.Type);
        Value read = builder.Load(local, type, 0, type.Bytes);
        return value.Type == IrType.Pred ? builder.Compare(Condition.Ne, read, Constant.I32(0)) : read;
    }

    private void WriteToLocals(Block block)
    {
        var builder = new IrBuilder { Block = new Block() };
        foreach (Value parameter in block.Parameters)
            Write(builder, parameter);
        foreach (Instruction instruction in block.Instructions)
        {
            builder.Location = instruction.Location;
            builder.Block.Instructions.Add(instruction);
            foreach (Value result in instruction.Results)
                Write(builder, result);
        }
        block.Instructions.Clear();
        block.Instructions.AddRange(builder.Block.Instructions);
    }

    private void Write(IrBuilder builder, Value value)
    {
        if (!locals.TryGetValue(value, out Value? local))
            return;
        MemoryType type = MemoryOf(value.Type);
        builder.Store(local, value.Type == IrType.Pred ? builder.Emit(Opcode.ZeroExtend, IrType.I32, value) : value, type, 0, type.Bytes);
    }
}
