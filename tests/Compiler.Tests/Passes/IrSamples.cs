using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Tests.Passes;

/// <summary>Pieces of IR that tests build from.</summary>
internal static class IrSamples
{
    /// <summary>A function with an empty entry, for blocks of 128 threads.</summary>
    public static Function Function()
    {
        var function = new Function("test") { Launch = new LaunchShape((128, 1, 1)) };
        function.Blocks.Add(new Block());
        return function;
    }

    public static Value Local(IrBuilder builder, int bytes) => builder.Emit(Opcode.Local, IrType.LocalPtr, Constant.I32(bytes));

    public static Value LocalInEntry(Function function, int bytes)
    {
        var local = new Instruction(Opcode.Local, null, [Constant.I32(bytes)], IrType.LocalPtr);
        function.Entry.Instructions.Insert(0, local);
        return local.Result;
    }

    public static Value Parameter(IrBuilder builder, Function function, string name, MemoryType type)
    {
        var parameter = new KernelParameter(name, type);
        function.Parameters.Add(parameter);
        return builder.Append(new Instruction(Opcode.Parameter, null, [], type.Register) { Parameter = parameter });
    }

    public static Value ThreadX(IrBuilder builder)
    {
        var operands = new Dictionary<string, PtxFormOperand> { ["result"] = new(-1, 0, 1, false, false) };
        var form = new PtxForm("mov.u32 {result}, %tid.x;", operands, true, 80, false, 70);
        return builder.Append(new Instruction(Opcode.Ptx, null, [], IrType.I32) { Ptx = form });
    }

    /// <summary>Something that must stay, in order, and sees the value.</summary>
    public static void Effect(IrBuilder builder, Value value, bool isImmediate = false)
    {
        var operands = new Dictionary<string, PtxFormOperand> { ["x"] = new(0, -1, 1, false, isImmediate) };
        var form = new PtxForm(Interpreter.EffectText, operands, false, 80, false, 70);
        builder.Block.Instructions.Add(new Instruction(Opcode.Ptx, null, [value]) { Ptx = form });
    }

    /// <summary>for (i = 0; i &lt; count; i++), with the counter in a Local; leaves the builder after the loop.</summary>
    public static void Loop(IrBuilder builder, Function function, Value count, Action<Value> body)
    {
        Value counter = LocalInEntry(function, 4);
        Block start = new(), condition = new(), after = new();
        function.Blocks.AddRange([start, condition, after]);
        builder.Store(counter, Constant.I32(0), MemoryType.I32, 0, 4);
        builder.Block.Terminator = Terminator.Branch(null, condition);
        builder.Block = condition;
        condition.Terminator = Terminator.If(
            null, builder.Compare(Condition.Lt, builder.Load(counter, MemoryType.I32, 0, 4), count), new Edge(start), new Edge(after));
        builder.Block = start;
        body(builder.Load(counter, MemoryType.I32, 0, 4));
        Value next = builder.Emit(Opcode.Add, IrType.I32, builder.Load(counter, MemoryType.I32, 0, 4), Constant.I32(1));
        builder.Store(counter, next, MemoryType.I32, 0, 4);
        builder.Block.Terminator = Terminator.Branch(null, condition);
        builder.Block = after;
    }

    public static Value Element(IrBuilder builder, Value array, Value index, int bytes) =>
        builder.Offset(array, builder.Emit(Opcode.Mul, IrType.I32, index, Constant.I32(bytes)));
}
