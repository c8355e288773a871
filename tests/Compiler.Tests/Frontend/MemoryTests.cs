using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CogVideoX.Compiler.Ir;
using CogVideoX.Compiler.Language;
using Block = CogVideoX.Compiler.Language.Block;

namespace CogVideoX.Compiler.Tests.Frontend;

public sealed unsafe class MemoryTests
{
    private static Function Checked<TKernel>()
        where TKernel : IKernel
    {
        Function function = Translation.Of<TKernel>();
        TestContext.Current.TestOutputHelper!.WriteLine(IrText.Of(function));
        IrChecks.Check(function);
        return function;
    }

    private static List<Instruction> All(Function function) => [.. function.Blocks.SelectMany(block => block.Instructions)];

    [Fact]
    public void SharedArraysHaveTheNameOfTheirVariableAndTheirSize()
    {
        Function function = Checked<SharedTile>();
        Variable tile = Assert.Single(function.Variables, variable => variable.Name == "tile");
        Assert.Equal((VariableSpace.Shared, 32 * 33 * 4, 16), (tile.Space, tile.Bytes, tile.Alignment));
        Assert.Contains(function.Variables, variable => variable is { Bytes: 64, Alignment: 128 });
        Assert.Contains(function.Variables, variable => variable.IsDynamic);
        Assert.Contains(
            All(function),
            instruction =>
                instruction is { Opcode: Opcode.Load, MemoryType: MemoryType.F32 } && instruction.Operands[0].Type == IrType.SharedPtr);
    }

    [Fact]
    public void RegistersAreZeroedLocals()
    {
        Function function = Checked<RegisterArray>();
        Assert.Contains(
            All(function), instruction => instruction.Opcode == Opcode.Local && ((Constant)instruction.Operands[0]).Signed == 32);
        Assert.True(All(function).Count(instruction => instruction is { Opcode: Opcode.Store, MemoryType: MemoryType.F32 }
            && instruction.Operands[1] is Constant { Bits: 0 }) >= 8);
    }

    [Fact]
    public void ConstantSpansAreConstantMemory()
    {
        Function function = Checked<Weighted>();
        Variable data = Assert.Single(function.Variables);
        Assert.Equal(VariableSpace.Const, data.Space);
        Assert.Equal([1, 0, 0, 0, 254, 255, 255, 255, 3, 0, 0, 0], data.Initial!);
        Assert.Contains(All(function), instruction => instruction.Opcode == Opcode.Load && instruction.Operands[0].Type == IrType.ConstPtr);
    }

    [Fact]
    public void DeviceVariablesStartWithTheFieldsValue()
    {
        Function function = Checked<Counting>();
        Variable counter = Assert.Single(function.Variables);
        Assert.Equal((VariableSpace.Global, "MemoryTests_counter"), (counter.Space, counter.Name));
        Assert.Equal([7, 0, 0, 0], counter.Initial!);
    }

    [Fact]
    public void StructsInlineArraysAndUnionsAreLaidOut()
    {
        Function function = Checked<Structs>();
        Assert.Equal([("p", 16), ("q", 16)], function.Parameters.Select(parameter => (parameter.Name, parameter.Bytes)));
        Assert.Contains(All(function), instruction => instruction is { Opcode: Opcode.Load, ByteOffset: 24, MemoryType: MemoryType.F64 });
    }

    [Fact]
    public void StackAllocatedSpansAndForeachWork() => Checked<Spans>();

    [Fact]
    public void PointersAndVolatileWork()
    {
        Function function = Checked<Pointers>();
        Assert.Contains(All(function), instruction => instruction is { Opcode: Opcode.Load, IsVolatile: true });
        Assert.Contains(All(function), instruction => instruction is { Opcode: Opcode.Store, IsVolatile: true });
    }

    [Fact]
    public void TensorMapsAreOpaqueParameters()
    {
        Function function = Checked<Mapped>();
        Assert.Equal(128, Assert.Single(function.Parameters, parameter => parameter.Name == "map").OpaqueBytes);
    }

    [Fact]
    public void BoundsAreCheckedOnDemand()
    {
        Assert.DoesNotContain("trap", Translation.TextOf<VectorAdd>(), StringComparison.Ordinal);
        Function function = Translation.Of<VectorAdd>(new CompileOptions { CheckBounds = true });
        IrChecks.Check(function);
        Assert.Equal(3, IrText.Of(function).Split("\"trap;\"").Length - 1);
    }

    internal readonly struct SharedTile(View<float> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            Shared<float> tile = Shared.Array<float>(32 * 33);
            Shared.Array<byte>(64, 128)[0] = 1;
            tile[Block.ThreadX * 33] = x[Block.ThreadX];
            Block.Sync();
            x[Block.ThreadX] = tile.Slice(4)[Block.ThreadX] + Shared.Dynamic<float>()[3];
            ref float cell = ref tile[5];
            cell += 2;
        }
    }

    internal readonly struct RegisterArray(View<float> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            Registers<float> sums = Registers.Of<float>(8);
            for (int i = 0; i < 8; i++)
                sums[i] += x[i];
            Registers<float> upper = sums.Slice(4);
            x[0] = upper[1] + sums.As<Pair>().B;
        }
    }

    internal struct Pair
    {
        public float A;
        public float B;
    }

    internal readonly struct Weighted(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        private static ReadOnlySpan<int> Weights => [1, -2, 3];

        public void Run()
        {
            int sum = 0;
            for (int i = 0; i < Weights.Length; i++)
                sum += Weights[i] * x[i];
            foreach (int weight in Weights)
                sum ^= weight;
            x[0] = sum;
        }
    }

    [DeviceVariable]
    private static uint counter = 7;

    internal readonly struct Counting(View<uint> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            counter++;
            ref uint place = ref counter;
            x[0] = place;
        }
    }

    internal readonly struct Buffer(int* first, short count)
    {
        public readonly int* First = first;
        public readonly short Count = count;
    }

    internal struct Mixed(byte a, double b)
    {
        public byte A = a;
        public double B = b;
    }

    [InlineArray(4)]
    internal struct Four
    {
        public int First;
    }

    [StructLayout(LayoutKind.Explicit)]
    internal struct Union
    {
        [FieldOffset(0)]
        public int Bits;

        [FieldOffset(0)]
        public float Number;
    }

    internal struct WithBuffer
    {
        public fixed int Cells[3];
    }

    internal readonly struct Structs(Buffer p, Mixed q) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            var four = new Four();
            for (int i = 0; i < 4; i++)
                four[i] = i + p.Count;
            (int a, float b) pair = (four[2], (float)q.B);
            var union = new Union { Number = pair.b };
            Union copy = union;
            var buffer = new WithBuffer();
            buffer.Cells[1] = copy.Bits;
            WithBuffer other = buffer;
            p.First[0] = other.Cells[1] + pair.a + q.A + Sum(four);
        }

        private static int Sum(Four values)
        {
            int sum = 0;
            foreach (int value in values)
                sum += value;
            return sum;
        }
    }

    internal readonly struct Spans(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            Span<int> some = stackalloc int[3];
            some[0] = x[0];
            some[1] = 5;
            int sum = 0;
            foreach (int value in some)
                sum += value;
            ReadOnlySpan<int> tail = some[1..];
            x[0] = sum + tail[0] + tail.Length + Total(some.Slice(1, 1));
        }

        private static int Total(ReadOnlySpan<int> values)
        {
            int sum = 0;
            for (int i = 0; i < values.Length; i++)
                sum += values[i];
            return sum;
        }
    }

    internal readonly struct Pointers(float* x, nint n, View<Pair> pairs) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            float* end = x + n;
            for (float* p = x; p < end; p++)
                *p = -*p;
            if (x == null)
                return;
            long distance = end - x;
            Volatile.Write(ref x[1], distance);
            x[2] = Volatile.Read(ref x[3]);
            pairs[1] = new Pair { A = 1, B = pairs[2].A };
            pairs[3].B += 2;
            int local = 5;
            int* q = &local;
            *q += 2;
            Bump(ref local);
            Get(out int other);
            x[4] = local + other;
        }

        private static void Bump(ref int value) => value *= 2;

        private static void Get(out int value) => value = 9;
    }

    [Fact]
    public void VariablesThatShareASlotMayLieInDifferentSpaces()
    {
        List<Instruction> made = All(Checked<SharedSlot>());
        Assert.Contains(
            made, one => one.Opcode == Opcode.Store && one.Operands[0].Type == IrType.SharedPtr && one.Operands[1] is Constant { Bits: 1 });
        Assert.Contains(
            made, one => one.Opcode == Opcode.Store && one.Operands[0].Type == IrType.GlobalPtr && one.Operands[1] is Constant { Bits: 2 });
    }

    internal readonly struct SharedSlot(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            Shared<int> tile = Shared.Array<int>(32);
            if (x[7] > 0)
            {
                ref int a = ref tile[3];
                int old = a;
                a = 1;
                x[9] = old;
            }
            else
            {
                ref int b = ref x[4];
                int old = b;
                b = 2;
                x[8] = old;
            }
        }
    }

    internal readonly struct Mapped(TensorMap map, View<ulong> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = map.Address;
    }
}
