using CogVideoX.Compiler.Ir;
using CogVideoX.Compiler.Passes;

namespace CogVideoX.Compiler.Tests.Passes;

/// <summary>What is left after the whole list.</summary>
public class PassShapeTests
{
    [Fact]
    public void RegisterTileLoopsVanish()
    {
        Function function = IrSamples.Function();
        var builder = new IrBuilder { Block = function.Entry };
        Value x = IrSamples.Parameter(builder, function, "x", MemoryType.GlobalPtr);
        Value n = IrSamples.Parameter(builder, function, "n", MemoryType.I32);
        Value tile = IrSamples.Local(builder, 64);
        for (int i = 0; i < 16; i++)
            builder.Store(tile, Constant.F32(0), MemoryType.F32, 4 * i, 4);
        IrSamples.Loop(builder, function, n, k => TileLoops(builder, function, index =>
        {
            Value element = IrSamples.Element(builder, tile, index, 4);
            Value term = builder.Load(Global(builder, x, index), MemoryType.F32, 0, 4);
            builder.Store(
                element, builder.Emit(Opcode.Add, IrType.F32, builder.Load(element, MemoryType.F32, 0, 4), term), MemoryType.F32, 0, 4);
        }));
        TileLoops(
            builder, function,
            index => builder.Store(
                Global(builder, x, index), builder.Load(IrSamples.Element(builder, tile, index, 4), MemoryType.F32, 0, 4), MemoryType.F32,
                0, 4));
        builder.Block.Terminator = Terminator.Return(null);

        PassList.Run(function, verify: true);

        Assert.Equal(3, function.Blocks.Count);
        Assert.Equal([0, 17, 16], function.Blocks.Select(b => b.Parameters.Count));
        Assert.Same(function.Blocks[1], function.Blocks[1].Terminator!.Edges[0].Target);
        Assert.Equal(16, Count(function, Opcode.Load));
        Assert.Equal(16, Count(function, Opcode.Store));
        Assert.Equal(0, Count(function, Opcode.Offset) + Count(function, Opcode.MadWide) + Count(function, Opcode.Local));
        Assert.Equal(60, function.Blocks.SelectMany(b => b.Instructions).Where(i => i.Opcode == Opcode.Store).Max(i => i.ByteOffset));
    }

    [Fact]
    public void ImmediatesBecomeConstants()
    {
        Function function = IrSamples.Function();
        var builder = new IrBuilder { Block = function.Entry };
        IrSamples.Loop(builder, function, Constant.I32(700), i => IrSamples.Effect(builder, i, isImmediate: true));
        builder.Block.Terminator = Terminator.Return(null);

        PassList.Run(function, verify: true);

        Block only = Assert.Single(function.Blocks);
        Assert.Equal(Enumerable.Range(0, 700), only.Instructions.Select(i => (int)((Constant)i.Operands[0]).Signed));
    }

    [Fact]
    public void LongLoopsStayLoops()
    {
        Function function = IrSamples.Function();
        var builder = new IrBuilder { Block = function.Entry };
        IrSamples.Loop(builder, function, Constant.I32(700), i => IrSamples.Effect(builder, i));
        builder.Block.Terminator = Terminator.Return(null);

        PassList.Run(function, verify: true);

        Assert.Equal(1, Count(function, Opcode.Ptx));
    }

    [Fact]
    public void ThreadNumbersDivideByShifts()
    {
        Function function = IrSamples.Function();
        var builder = new IrBuilder { Block = function.Entry };
        Value thread = IrSamples.ThreadX(builder);
        IrSamples.Effect(builder, builder.Emit(Opcode.Div, IrType.I32, thread, Constant.I32(32)));
        IrSamples.Effect(builder, builder.Emit(Opcode.Rem, IrType.I32, thread, Constant.I32(32)));
        IrSamples.Effect(builder, builder.Emit(Opcode.Div, IrType.I32, thread, Constant.I32(128)));
        builder.Block.Terminator = Terminator.Return(null);

        PassList.Run(function, verify: true);

        Opcode[] opcodes = [.. Assert.Single(function.Blocks).Instructions.Select(i => i.Opcode)];
        Assert.Equal([Opcode.Ptx, Opcode.ShrU, Opcode.Ptx, Opcode.And, Opcode.Ptx, Opcode.Ptx], opcodes);
        Assert.Equal(0, ((Constant)function.Entry.Instructions[5].Operands[0]).Signed);
    }

    [Fact]
    public void AlignedPartsMoveTogether()
    {
        Function function = IrSamples.Function();
        var builder = new IrBuilder { Block = function.Entry };
        Value x = IrSamples.Parameter(builder, function, "x", MemoryType.GlobalPtr);
        Value pointer = Global(builder, x, builder.Emit(Opcode.Mul, IrType.I32, IrSamples.ThreadX(builder), Constant.I32(4)));
        Value[] parts = [.. Enumerable.Range(0, 4).Select(i => builder.Load(pointer, MemoryType.F32, 4 * i, i == 0 ? 16 : 4))];
        for (int i = 0; i < 4; i++)
            builder.Store(pointer, parts[3 - i], MemoryType.F32, 4096 + 4 * i, i < 2 ? 8 : 4);
        builder.Block.Terminator = Terminator.Return(null);

        PassList.Run(function, verify: true);

        Instruction[] accesses = [.. Assert.Single(function.Blocks).Instructions.Where(i => i.Opcode is Opcode.Load or Opcode.Store)];
        Assert.Equal(3, accesses.Length);
        Assert.Equal(4, accesses[0].Results.Length);
        Assert.Equal([accesses[0].Results[3], accesses[0].Results[2]], accesses[1].Operands[1..]);
        Assert.Equal(4104, accesses[2].ByteOffset);
        Assert.Equal(1, Count(function, Opcode.MadWide));
    }

    [Fact]
    public void ConditionsJoin()
    {
        Function function = IrSamples.Function();
        var builder = new IrBuilder { Block = function.Entry };
        Value n = IrSamples.Parameter(builder, function, "n", MemoryType.I32), thread = IrSamples.ThreadX(builder);
        Block second = new(), third = new(), yes = new(), no = new();
        function.Blocks.AddRange([second, third, yes, no]);
        function.Entry.Terminator = Terminator.If(null, builder.Compare(Condition.Lt, thread, n), new Edge(second), new Edge(no));
        builder.Block = second;
        second.Terminator = Terminator.If(null, builder.Compare(Condition.Gt, n, Constant.I32(5)), new Edge(third), new Edge(no));
        builder.Block = third;
        third.Terminator = Terminator.If(null, builder.Compare(Condition.Eq, thread, Constant.I32(77)), new Edge(no), new Edge(yes));
        builder.Block = yes;
        IrSamples.Effect(builder, thread);
        yes.Terminator = Terminator.Branch(null, no);
        no.Terminator = Terminator.Return(null);

        PassList.Run(function, verify: true);

        Assert.Equal(3, function.Blocks.Count);
        Assert.Equal(2, Count(function, Opcode.And));
    }

    [Fact]
    public void SmallChoicesAreSelected()
    {
        Function function = IrSamples.Function();
        var builder = new IrBuilder { Block = function.Entry };
        Value n = IrSamples.Parameter(builder, function, "n", MemoryType.I32), variable = IrSamples.Local(builder, 4);
        Block smaller = new(), after = new();
        function.Blocks.AddRange([smaller, after]);
        builder.Store(variable, n, MemoryType.I32, 0, 4);
        function.Entry.Terminator = Terminator.If(
            null, builder.Compare(Condition.Lt, n, Constant.I32(10)), new Edge(after), new Edge(smaller));
        builder.Block = smaller;
        builder.Store(variable, Constant.I32(10), MemoryType.I32, 0, 4);
        smaller.Terminator = Terminator.Branch(null, after);
        builder.Block = after;
        IrSamples.Effect(builder, builder.Load(variable, MemoryType.I32, 0, 4));
        after.Terminator = Terminator.Return(null);

        PassList.Run(function, verify: true);

        Assert.Equal([Opcode.Parameter, Opcode.Min, Opcode.Ptx], Assert.Single(function.Blocks).Instructions.Select(i => i.Opcode));
    }

    [Fact]
    public void AnUnknownIndexOfRegistersIsRefused()
    {
        Function function = IrSamples.Function();
        var builder = new IrBuilder { Block = function.Entry };
        Value array = IrSamples.Local(builder, 16), n = IrSamples.Parameter(builder, function, "n", MemoryType.I32);
        builder.Store(IrSamples.Element(builder, array, n, 4), n, MemoryType.I32, 0, 4);
        IrSamples.Effect(builder, builder.Load(array, MemoryType.I32, 0, 4));
        builder.Block.Terminator = Terminator.Return(null);

        Assert.Equal("CVX2001", Assert.Throws<CompileException>(() => PassList.Run(function, verify: true)).Diagnostic.Number);
    }

    [Fact]
    public void UnrollingTooFarIsRefused()
    {
        Function function = IrSamples.Function();
        var builder = new IrBuilder { Block = function.Entry };
        IrSamples.Loop(builder, function, Constant.I32(500), i => IrSamples.Loop(builder, function, Constant.I32(500),
            j => IrSamples.Effect(builder, builder.Emit(Opcode.Add, IrType.I32, i, j), isImmediate: true)));
        builder.Block.Terminator = Terminator.Return(null);

        Assert.Equal("CVX2002", Assert.Throws<CompileException>(() => PassList.Run(function, verify: true)).Diagnostic.Number);
    }

    private static void TileLoops(IrBuilder builder, Function function, Action<Value> body) =>
        IrSamples.Loop(builder, function, Constant.I32(4), i => IrSamples.Loop(builder, function, Constant.I32(4),
            j => body(builder.Emit(Opcode.Add, IrType.I32, builder.Emit(Opcode.Mul, IrType.I32, i, Constant.I32(4)), j))));

    private static Value Global(IrBuilder builder, Value pointer, Value index)
    {
        Value bytes = builder.Emit(Opcode.Mul, IrType.I64, builder.Emit(Opcode.SignExtend, IrType.I64, index), Constant.I64(4));
        return builder.Emit(Opcode.Offset, pointer.Type, pointer, bytes);
    }

    private static int Count(Function function, Opcode opcode) => function.Blocks.Sum(b => b.Instructions.Count(i => i.Opcode == opcode));
}
