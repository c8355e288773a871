using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Tests.Passes;

/// <summary>
/// Random programs as the frontend would make them: variables in Locals, nested ifs and loops with breaks and continues, arrays indexed
/// by counters, bytes of wider variables, loads and stores of .global and .shared, effects.
/// </summary>
internal sealed class ProgramGenerator
{
    private const int Scalars = 5, ArrayElements = 8;

    private readonly Random random;
    private readonly Function function;
    private readonly IrBuilder builder;
    private readonly List<Value> integers = [];
    private readonly Value floats, longs, array, packed, reference, global, shared, input;
    /// <summary>Of the loops around that have a known length: what registers may be indexed by.</summary>
    private readonly List<Value> counters = [];

    private readonly Stack<(Block Continue, Block Break)> loops = new();
    private int budget;

    private ProgramGenerator(int seed, int size)
    {
        random = new Random(seed);
        budget = size;
        function = IrSamples.Function();
        builder = new IrBuilder { Block = function.Entry };
        for (int i = 0; i < Scalars; i++)
            integers.Add(IrSamples.Local(builder, 4));
        floats = IrSamples.Local(builder, 8);
        longs = IrSamples.Local(builder, 8);
        array = IrSamples.Local(builder, 4 * ArrayElements);
        packed = IrSamples.Local(builder, 8);
        reference = IrSamples.Local(builder, 8);
        global = IrSamples.Parameter(builder, function, "x", MemoryType.GlobalPtr);
        input = IrSamples.Parameter(builder, function, "n", MemoryType.I32);
        var variable = new Variable("s", VariableSpace.Shared, 1024, 16);
        function.Variables.Add(variable);
        shared = builder.Append(new Instruction(Opcode.VariableAddress, null, [], IrType.SharedPtr) { Variable = variable });
        builder.Store(reference, integers[0], MemoryType.LocalPtr, 0, 8);
        foreach (Value local in integers)
            builder.Store(local, Constant.I32(random.Next(-4, 12)), MemoryType.I32, 0, 4);
        builder.Store(longs, Constant.I64(0), MemoryType.I64, 0, 8);
        builder.Store(packed, Constant.I64(0), MemoryType.I64, 0, 8);
        builder.Store(floats, Constant.F64(0), MemoryType.F64, 0, 8);
        for (int i = 0; i < ArrayElements; i++)
            builder.Store(array, Constant.I32(0), MemoryType.I32, 4 * i, 4);
    }

    public static Function Make(int seed, int size = 40)
    {
        var generator = new ProgramGenerator(seed, size);
        generator.Statements(0);
        generator.WriteAll();
        generator.builder.Block.Terminator = Terminator.Return(null);
        return generator.function;
    }

    private void WriteAll()
    {
        for (int i = 0; i < Scalars; i++)
            WriteOut(Int(i), 4 * i, MemoryType.I32);
        for (int i = 0; i < ArrayElements; i++)
            WriteOut(builder.Load(array, MemoryType.I32, 4 * i, 4), 64 + 4 * i, MemoryType.I32);
        WriteOut(builder.Load(longs, MemoryType.I64, 0, 8), 128, MemoryType.I64);
        WriteOut(builder.Load(packed, MemoryType.I64, 0, 8), 136, MemoryType.I64);
        WriteOut(builder.Load(floats, MemoryType.F32, 0, 4), 144, MemoryType.F32);
    }

    private void WriteOut(Value value, int offset, MemoryType type) => builder.Store(global, value, type, 2048 + offset, type.Bytes);

    private void Statements(int depth)
    {
        for (int count = random.Next(2, 7); count > 0 && budget > 0; count--)
        {
            budget--;
            if (!Statement(depth))
                return;
        }
    }

    /// <summary>False if what follows can't be reached.</summary>
    private bool Statement(int depth)
    {
        switch (random.Next(depth > 3 ? 9 : 14))
        {
            case 0 or 1 or 2: SetInt(random.Next(Scalars), Expression(3)); break;
            case 3: ArrayAccess(); break;
            case 4: Packed(); break;
            case 5: MemoryAccess(); break;
            case 6: WideAndFloat(); break;
            case 7: Effect(); break;
            case 8: Reference(); break;
            case 9 or 10: If(depth); break;
            case 11 or 12: CountedLoop(depth); break;
            default:
                if (loops.Count == 0 || random.Next(2) == 0)
                    ConditionalJump();
                else
                    return Jump();
                break;
        }
        return true;
    }

    private Value Int(int index) => builder.Load(integers[index], MemoryType.I32, 0, 4);

    private void SetInt(int index, Value value) => builder.Store(integers[index], value, MemoryType.I32, 0, 4);

    private Value Counter() => counters.Count == 0 ? Constant.I32(random.Next(ArrayElements))
        : builder.Load(counters[random.Next(counters.Count)], MemoryType.I32, 0, 4);

    private Value Expression(int depth)
    {
        if (depth == 0 || random.Next(4) == 0)
        {
            return random.Next(6) switch
            {
                0 => Constant.I32(random.Next(-8, 40)),
                1 => input,
                2 => Counter(),
                3 => IrSamples.ThreadX(builder),
                _ => Int(random.Next(Scalars)),
            };
        }
        Value left = Expression(depth - 1);
        Opcode[] plain = [Opcode.Add, Opcode.Sub, Opcode.Mul, Opcode.And, Opcode.Or, Opcode.Xor, Opcode.Min, Opcode.MaxU];
        switch (random.Next(14))
        {
            case 0:
                Opcode[] shifts = [Opcode.Shl, Opcode.Shr, Opcode.ShrU];
                Value count = random.Next(2) == 0
                    ? Constant.I32(random.Next(32)) : builder.Emit(Opcode.And, IrType.I32, Expression(depth - 1), Constant.I32(31));
                return builder.Emit(shifts[random.Next(3)], IrType.I32, left, count);
            case 1:
                Opcode[] divisions = [Opcode.Div, Opcode.DivU, Opcode.Rem, Opcode.RemU];
                int[] divisors = [1, 2, 3, 4, 7, 8, 32, 64];
                return builder.Emit(divisions[random.Next(4)], IrType.I32, left, Constant.I32(divisors[random.Next(8)]));
            case 2:
                return builder.Emit(Opcode.ZeroExtend, IrType.I32, Test(depth - 1));
            case 3:
                return builder.Select(Test(depth - 1), left, Expression(depth - 1));
            case 4:
                Opcode extend = random.Next(2) == 0 ? Opcode.ZeroExtendLow : Opcode.SignExtendLow;
                return builder.Append(new Instruction(extend, null, [left], IrType.I32) { Bits = random.Next(1, 3) * 8 });
            case 5:
                return builder.Emit(random.Next(2) == 0 ? Opcode.Neg : Opcode.Not, IrType.I32, left);
            default:
                return builder.Emit(plain[random.Next(plain.Length)], IrType.I32, left, Expression(depth - 1));
        }
    }

    private Value Test(int depth)
    {
        Value test = builder.Compare((Condition)random.Next(10), Expression(depth < 0 ? 0 : depth), Expression(0));
        if (random.Next(4) == 0)
            test = builder.Emit(Opcode.Not, IrType.Pred, test);
        return random.Next(3) == 0
            ? builder.Compare(
                random.Next(2) == 0 ? Condition.Ne : Condition.Eq, builder.Emit(Opcode.ZeroExtend, IrType.I32, test), Constant.I32(0))
            : test;
    }

    private void ArrayAccess()
    {
        Value index = builder.Emit(Opcode.And, IrType.I32, Counter(), Constant.I32(ArrayElements - 1));
        Value element = builder.Offset(array, builder.Emit(Opcode.Mul, IrType.I32, index, Constant.I32(4)));
        if (random.Next(2) == 0)
            builder.Store(element, Expression(2), MemoryType.I32, 0, 4);
        else
            SetInt(random.Next(Scalars), builder.Load(element, MemoryType.I32, 0, 4));
    }

    private void Packed()
    {
        MemoryType[] types = [MemoryType.U8, MemoryType.S8, MemoryType.U16, MemoryType.S16, MemoryType.I32];
        MemoryType type = types[random.Next(types.Length)];
        int offset = random.Next(8 / type.Bytes) * type.Bytes;
        if (random.Next(2) == 0)
            builder.Store(packed, Expression(2), type, offset, type.Bytes);
        else
            SetInt(random.Next(Scalars), builder.Load(packed, type, offset, type.Bytes));
    }

    private void MemoryAccess()
    {
        Value index = builder.Emit(Opcode.And, IrType.I32, Expression(2), Constant.I32(63));
        bool isShared = random.Next(3) == 0;
        Value start = isShared ? shared : global;
        int bytes = 16;
        Value pointer = isShared
            ? builder.Offset(start, builder.Emit(Opcode.Mul, IrType.I32, index, Constant.I32(bytes)))
            : builder.Emit(
                Opcode.Offset, start.Type, start,
                builder.Emit(Opcode.Mul, IrType.I64, builder.Emit(Opcode.SignExtend, IrType.I64, index), Constant.I64(bytes)));
        int parts = random.Next(1, 5);
        if (random.Next(2) == 0)
        {
            for (int i = 0; i < parts; i++)
                builder.Store(pointer, Int(random.Next(Scalars)), MemoryType.I32, 4 * i, i == 0 ? 16 : 4);
            return;
        }
        for (int i = 0; i < parts; i++)
            SetInt(i, builder.Load(pointer, MemoryType.I32, 4 * i, i == 0 ? 16 : 4));
    }

    private void WideAndFloat()
    {
        if (random.Next(2) == 0)
        {
            Value sum = builder.Emit(
                Opcode.Add, IrType.I64, builder.Load(longs, MemoryType.I64, 0, 8),
                builder.Emit(random.Next(2) == 0 ? Opcode.SignExtend : Opcode.ZeroExtend, IrType.I64, Expression(2)));
            builder.Store(longs, builder.Emit(Opcode.Mul, IrType.I64, sum, Constant.I64(random.Next(1, 9))), MemoryType.I64, 0, 8);
            SetInt(random.Next(Scalars), builder.Emit(Opcode.Truncate, IrType.I32, builder.Load(longs, MemoryType.I64, 0, 8)));
            return;
        }
        Value value = builder.Load(floats, MemoryType.F32, 0, 4);
        Value other = builder.Emit(Opcode.ToFloat, IrType.F32, Expression(1));
        Opcode[] operations = [Opcode.Add, Opcode.Sub, Opcode.Mul];
        builder.Store(floats, builder.Emit(operations[random.Next(3)], IrType.F32, value, other), MemoryType.F32, 0, 4);
        if (random.Next(2) == 0)
            SetInt(random.Next(Scalars), builder.Load(floats, MemoryType.I32, 0, 4));
    }

    private void Effect() => IrSamples.Effect(builder, Expression(1));

    private void Reference()
    {
        Value pointer = builder.Load(reference, MemoryType.LocalPtr, 0, 8);
        if (random.Next(2) == 0)
            builder.Store(pointer, Expression(1), MemoryType.I32, 0, 4);
        else
            SetInt(random.Next(Scalars), builder.Load(pointer, MemoryType.I32, 0, 4));
    }

    private Block NewBlock()
    {
        var block = new Block();
        function.Blocks.Add(block);
        return block;
    }

    private void If(int depth)
    {
        Block whenTrue = NewBlock(), after = NewBlock(), whenFalse = random.Next(2) == 0 ? NewBlock() : after;
        builder.Block.Terminator = Terminator.If(null, Test(1), new Edge(whenTrue), new Edge(whenFalse));
        builder.Block = whenTrue;
        Statements(depth + 1);
        builder.Block.Terminator ??= Terminator.Branch(null, after);
        if (whenFalse != after)
        {
            builder.Block = whenFalse;
            Statements(depth + 1);
            builder.Block.Terminator ??= Terminator.Branch(null, after);
        }
        builder.Block = after;
    }

    private void CountedLoop(int depth)
    {
        if (loops.Count == 3)
            return;
        Value counter = IrSamples.LocalInEntry(function, 4);
        Block body = NewBlock(), step = NewBlock(), condition = NewBlock(), after = NewBlock();
        Value limit = random.Next(3) == 0 ? builder.Emit(Opcode.And, IrType.I32, input, Constant.I32(7)) : Constant.I32(random.Next(1, 7));
        int stride = random.Next(1, 3);
        builder.Store(counter, Constant.I32(0), MemoryType.I32, 0, 4);
        builder.Block.Terminator = Terminator.Branch(null, condition);
        builder.Block = condition;
        Value running = builder.Compare(
            random.Next(2) == 0 ? Condition.Lt : Condition.LtU, builder.Load(counter, MemoryType.I32, 0, 4), limit);
        condition.Terminator = Terminator.If(null, running, new Edge(body), new Edge(after));
        builder.Block = body;
        if (limit is Constant)
            counters.Add(counter);
        loops.Push((step, after));
        Statements(depth + 1);
        loops.Pop();
        counters.Remove(counter);
        builder.Block.Terminator ??= Terminator.Branch(null, step);
        builder.Block = step;
        builder.Store(
            counter, builder.Emit(Opcode.Add, IrType.I32, builder.Load(counter, MemoryType.I32, 0, 4), Constant.I32(stride)),
            MemoryType.I32, 0, 4);
        step.Terminator = Terminator.Branch(null, condition);
        builder.Block = after;
    }

    private void ConditionalJump()
    {
        if (loops.Count == 0)
            return;
        Block next = NewBlock();
        Block target = random.Next(2) == 0 ? loops.Peek().Continue : loops.Peek().Break;
        builder.Block.Terminator = Terminator.If(null, Test(1), new Edge(target), new Edge(next));
        builder.Block = next;
    }

    private bool Jump()
    {
        builder.Block.Terminator = Terminator.Branch(null, random.Next(2) == 0 ? loops.Peek().Continue : loops.Peek().Break);
        return false;
    }
}
