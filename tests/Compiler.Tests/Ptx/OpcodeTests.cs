using System.Buffers.Binary;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Tests.Ptx;

/// <summary>Each opcode with each type: what the printed PTX computes is what C# computes.</summary>
public sealed class OpcodeTests
{
    private const int Slot = 8;

    private static readonly ulong[] Words =
    [
        0, 1, 2, 3, 7, 31, 32, 63, 100, 127, 128, 255, 256, 32767, 32768, 65535,
        0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFE, 0x100000000,
        0x7FFFFFFFFFFFFFFF, 0x8000000000000000, ulong.MaxValue, ulong.MaxValue - 5, 0x123456789ABCDEF0,
    ];

    private static readonly double[] Reals =
    [
        0, -0.0, 1, -1, 0.5, 1.5, 2.5, -2.5, 3.999, 1e-40, 1e-310, 1e10, -1e10,
        2147483647, 2147483648, -2147483649.0, 4294967295, 4294967296,
        9.3e18, -9.3e18, 1.8e19, 1.9e19, 1e30, 1e300, double.PositiveInfinity, double.NegativeInfinity, double.NaN,
    ];

    [Fact]
    public void IntegerArithmetic()
    {
        Opcode[] opcodes =
        [
            Opcode.Add, Opcode.Sub, Opcode.Mul, Opcode.Div, Opcode.DivU, Opcode.Rem, Opcode.RemU, Opcode.And, Opcode.Or, Opcode.Xor,
            Opcode.Shl, Opcode.Shr, Opcode.ShrU, Opcode.Min, Opcode.MinU, Opcode.Max, Opcode.MaxU, Opcode.Not, Opcode.Neg,
        ];
        foreach (IrType type in (IrType[])[IrType.I32, IrType.I64])
        {
            foreach (Opcode opcode in opcodes)
                Check(opcode, type, type, opcode is Opcode.Not or Opcode.Neg ? 1 : 2);
        }
    }

    [Fact]
    public void FloatArithmetic()
    {
        foreach (IrType type in (IrType[])[IrType.F32, IrType.F64])
        {
            foreach (Opcode opcode in (Opcode[])[Opcode.Add, Opcode.Sub, Opcode.Mul, Opcode.Div, Opcode.Neg])
                Check(opcode, type, type, opcode == Opcode.Neg ? 1 : 2);
        }
    }

    [Fact]
    public void Comparisons()
    {
        foreach (IrType type in (IrType[])[IrType.I32, IrType.I64, IrType.F32, IrType.F64])
        {
            foreach (Condition condition in Enum.GetValues<Condition>())
                Check(Opcode.Compare, type, IrType.Pred, 2, condition);
        }
    }

    [Fact]
    public void Conversions()
    {
        Check(Opcode.SignExtend, IrType.I32, IrType.I64, 1);
        Check(Opcode.ZeroExtend, IrType.I32, IrType.I64, 1);
        Check(Opcode.Truncate, IrType.I64, IrType.I32, 1);
        Check(Opcode.Bitcast, IrType.I32, IrType.F32, 1);
        Check(Opcode.Bitcast, IrType.F64, IrType.I64, 1);
        Check(Opcode.ConvertFloat, IrType.F32, IrType.F64, 1);
        Check(Opcode.ConvertFloat, IrType.F64, IrType.F32, 1);
    }

    [Fact]
    public void FloatsAndIntegers()
    {
        foreach (IrType real in (IrType[])[IrType.F32, IrType.F64])
        {
            foreach (IrType whole in (IrType[])[IrType.I32, IrType.I64])
            {
                Check(Opcode.ToFloat, whole, real, 1);
                Check(Opcode.ToFloatU, whole, real, 1);
                Check(Opcode.ToInteger, real, whole, 1);
                Check(Opcode.ToIntegerU, real, whole, 1);
            }
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void LowBits(int bits)
    {
        Check(Opcode.SignExtendLow, IrType.I32, IrType.I32, 1, default, bits);
        Check(Opcode.ZeroExtendLow, IrType.I32, IrType.I32, 1, default, bits);
    }

    [Fact]
    public void WideProducts()
    {
        Check(Opcode.MulWide, IrType.I32, IrType.I64, 2);
        Check(Opcode.MulWideU, IrType.I32, IrType.I64, 2);
    }

    /// <summary>
    /// One thread a pair of operands, computed from registers and from every constant operand; the oracle is constant folding.
    /// </summary>
    private static void Check(Opcode opcode, IrType type, IrType to, int operands, Condition condition = default, int bits = 0)
    {
        ulong[] values = Operands(type);
        (ulong A, ulong B)[] pairs =
        [
            .. values.SelectMany(a => (operands == 1 ? [0UL] : values).Select(b => (a, b)))
                .Where(p => IsDefined(opcode, type, p.Item1, p.Item2)),
        ];
        foreach ((ulong A, ulong B)[] some in pairs.Chunk(96))
        {
            var kernel = new TestKernel();
            var x = new byte[some.Length * 2 * Slot];
            for (int i = 0; i < some.Length; i++)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(x.AsSpan(i * 2 * Slot), some[i].A);
                BinaryPrimitives.WriteUInt64LittleEndian(x.AsSpan(i * 2 * Slot + Slot), some[i].B);
                Value a = kernel.LoadX(Memory(type), i * 2 * Slot);
                Value b = kernel.LoadX(Second(opcode, type), i * 2 * Slot + Slot);
                if (operands == 2 && i % 3 == 1)
                    b = new Constant(b.Type, some[i].B);
                if (operands == 2 && i % 3 == 2)
                    a = new Constant(type, some[i].A);
                Store(kernel, Make(opcode, operands == 1 ? [a] : [a, b], to, condition, bits), i * Slot);
            }
            byte[] y = kernel.Run(x, some.Length * Slot);
            for (int i = 0; i < some.Length; i++)
                Compare(opcode, type, to, operands, condition, bits, some[i], BinaryPrimitives.ReadUInt64LittleEndian(y.AsSpan(i * Slot)));
        }
    }

    private static void Compare(
        Opcode opcode, IrType type, IrType to, int operands, Condition condition, int bits, (ulong A, ulong B) pair, ulong got)
    {
        Value[] known = operands == 1
            ? [new Constant(type, pair.A)] : [new Constant(type, pair.A), new Constant(Second(opcode, type).Register, pair.B)];
        var expected = (Constant)Folding.Of(Instruction(opcode, known, to, condition, bits))!;
        if (to.IsFloat && double.IsNaN(expected.Float) && double.IsNaN(new Constant(to, got).Float))
            return;
        Assert.True(
            expected.Bits == got, $"{opcode}.{condition} {type}→{to} of {pair.A:X}, {pair.B:X}: {got:X}, and C# has {expected.Bits:X}");
    }

    private static ulong[] Operands(IrType type)
    {
        var random = new Random(5);
        var some = new byte[Slot];
        ulong[] all = type switch
        {
            IrType.F32 => [.. Reals.Select(r => (ulong)BitConverter.SingleToUInt32Bits((float)r))],
            IrType.F64 => [.. Reals.Select(BitConverter.DoubleToUInt64Bits)],
            _ => [.. Words],
        };
        for (int i = 0; i < 4; i++)
        {
            random.NextBytes(some);
            all = [.. all, BinaryPrimitives.ReadUInt64LittleEndian(some)];
        }
        return [.. all.Select(a => new Constant(type, a).Bits).Distinct()];
    }

    private static bool IsDefined(Opcode opcode, IrType type, ulong a, ulong b) => opcode switch
    {
        Opcode.Div or Opcode.Rem =>
            type.IsFloat || (b != 0 && !(new Constant(type, b).Signed == -1 && new Constant(type, (ulong)-(long)a).Bits == a)),
        Opcode.DivU or Opcode.RemU => b != 0,
        Opcode.Shl or Opcode.Shr or Opcode.ShrU => b < (ulong)type.Bits,
        _ => true,
    };

    private static Value Make(Opcode opcode, Value[] operands, IrType to, Condition condition, int bits) =>
        Instruction(opcode, operands, to, condition, bits).Result;

    private static Instruction Instruction(Opcode opcode, Value[] operands, IrType to, Condition condition, int bits) =>
        new(opcode, null, operands, to) { Condition = condition, Bits = bits };

    /// <summary>Stores the result with its upper half zero; instructions are appended as they are, so that nothing folds.</summary>
    private static void Store(TestKernel kernel, Value result, int offset)
    {
        kernel.Build.Block.Instructions.Add(result.Definition!);
        if (result.Type == IrType.Pred)
        {
            var widened = new Instruction(Opcode.ZeroExtend, null, [result], IrType.I32);
            kernel.Build.Block.Instructions.Add(widened);
            result = widened.Result;
        }
        kernel.StoreY(result, Memory(result.Type), offset);
    }

    private static MemoryType Memory(IrType type) => type switch
    {
        IrType.I64 => MemoryType.I64,
        IrType.F32 => MemoryType.F32,
        IrType.F64 => MemoryType.F64,
        _ => MemoryType.I32,
    };

    private static MemoryType Second(Opcode opcode, IrType type) =>
        opcode is Opcode.Shl or Opcode.Shr or Opcode.ShrU ? MemoryType.I32 : Memory(type);
}
