using System.Numerics;
using System.Runtime.CompilerServices;
using CogVideoX.Compiler.Ir;
using CogVideoX.Compiler.Language;
using Block = CogVideoX.Compiler.Language.Block;

namespace CogVideoX.Compiler.Tests.Frontend;

public sealed class NumberTests
{
    private static List<Instruction> Checked<TKernel>()
        where TKernel : IKernel
    {
        Function function = Translation.Of<TKernel>();
        TestContext.Current.TestOutputHelper!.WriteLine(IrText.Of(function));
        IrChecks.Check(function);
        return [.. function.Blocks.SelectMany(block => block.Instructions)];
    }

    private static string[] Texts(List<Instruction> instructions) =>
        [.. instructions.Where(one => one.Ptx is not null).Select(one => one.Ptx!.Text.Split(' ')[0])];

    [Fact]
    public void ConversionsAreThoseOfCSharp()
    {
        List<Instruction> made = Checked<Conversions>();
        Opcode[] opcodes = [.. made.Select(one => one.Opcode)];
        Assert.Contains(Opcode.ToFloatU, opcodes);
        Assert.Contains(Opcode.ToIntegerU, opcodes);
        Assert.Contains(made, one => one is { Opcode: Opcode.SignExtendLow, Bits: 8 });
        Assert.Contains(made, one => one is { Opcode: Opcode.ZeroExtendLow, Bits: 16 });
        Assert.DoesNotContain(made, one => one.Opcode == Opcode.ConvertFloat && one.Operands[0].Definition?.Opcode == Opcode.ToFloatU);
    }

    [Fact]
    public void SignednessGoesIntoTheOpcode()
    {
        Opcode[] opcodes = [.. Checked<Signs>().Select(one => one.Opcode)];
        Opcode[] all =
        [
            Opcode.Div, Opcode.DivU, Opcode.Rem, Opcode.RemU, Opcode.Shr, Opcode.ShrU, Opcode.Min, Opcode.MinU, Opcode.Not, Opcode.Neg,
        ];
        foreach (Opcode expected in all)
            Assert.Contains(expected, opcodes);
    }

    [Fact]
    public void FloatComparisonsKeepWhatTheySayOfNaN()
    {
        Condition[] conditions = [.. Checked<Comparisons>().Where(one => one.Opcode == Opcode.Compare).Select(one => one.Condition)];
        Assert.Equal([Condition.Lt, Condition.LtU, Condition.GtU, Condition.Eq], conditions);
    }

    [Fact]
    public void MathIsExactInstructions()
    {
        string[] texts = Texts(Checked<Maths>());
        string[] expected =
        [
            "sqrt.rn.f32", "abs.f32", "max.NaN.f32", "cvt.rmi.f32.f32", "cvt.rni.f32.f32", "fma.rn.f32", "popc.b32", "clz.b64", "brev.b32",
            "copysign.f32",
        ];
        foreach (string text in expected)
            Assert.Contains(text, texts);
    }

    [Fact]
    public void HalvesAreSixteenBitRegisters()
    {
        List<Instruction> made = Checked<Halves>();
        Assert.Contains(made, one => one is { Opcode: Opcode.Load, MemoryType: MemoryType.B16 });
        Assert.Contains("cvt.f32.f16", Texts(made));
        Assert.Contains("add.rn.f16", Texts(made));
        Assert.DoesNotContain(made, one => one is { Opcode: Opcode.Store, MemoryType: MemoryType.U16 });
    }

    [Fact]
    public void MarkedStructsAreSixteenBitFloats()
    {
        List<Instruction> made = Checked<Brains>();
        Assert.Contains(
            made, one => one is { Opcode: Opcode.Store, MemoryType: MemoryType.B16 } && one.Operands[0].Type == IrType.GlobalPtr);
        Assert.Contains("mul.bf16", Texts(made));
        Assert.Contains("add.f32", Texts(made));
    }

    [Fact]
    public void GenericMathInlinesFromTheFramework() =>
        Assert.Contains(Checked<Generic<float>>(), one => one is { Opcode: Opcode.Mul, Result.Type: IrType.F32 });

    [Fact]
    public void FieldsThatAreReadonlyAreConstants()
    {
        List<Instruction> made = Checked<ReadsConstants>();
        Assert.Contains(made, one => one.Opcode == Opcode.Add && one.Operands[0] is Constant { Type: IrType.I32, Bits: 42 });
        Assert.Contains(made, one => one is { Opcode: Opcode.Store, ByteOffset: 4 } && one.Operands[1] is Constant { Bits: 3 });
    }

    [Fact]
    public void InstructionsTieTheirReferences()
    {
        Instruction mma = Assert.Single(Checked<Multiplies>(), one => one.Ptx?.Text.StartsWith("mma", StringComparison.Ordinal) == true);
        PtxForm form = mma.Ptx!;
        Assert.Equal(new PtxFormOperand(0, 0, 4, true, false), form.Operands["c"]);
        Assert.Equal(new PtxFormOperand(4, -1, 2, true, false), form.Operands["a"]);
        Assert.Equal(new PtxFormOperand(6, -1, 1, false, true), form.Operands["k"]);
        Assert.Equal(new PtxFormOperand(-1, 4, 1, false, false), form.Operands["flag"]);
        Assert.Equal(5, mma.Results.Length);
        Assert.Equal("mma.f32.b32 {c}, {a}, {k}, {flag}, {{}};", form.Text);
        Assert.Equal((90, true, 78, false), (form.Architecture, form.IsArchitectureSpecific, form.IsaVersion, form.IsPure));
    }

    [Fact]
    public void AddressesKnowTheirStateSpace()
    {
        string[] texts = Texts(Checked<Spaced>());
        Assert.Contains("atom.shared.add.s32", texts);
        Assert.Contains("atom.global.add.u32", texts);
    }

    internal readonly struct Conversions(View<float> x, View<long> y) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            x[0] = (uint)y[0];
            x[1] = (ulong)y[1];
            x[2] = y[2];
            y[3] = (uint)x[3];
            y[4] = (long)x[4];
            y[5] = (sbyte)y[6];
            y[7] = (ushort)x[5];
            y[8] = (long)((double)x[6] * 3);
            y[9] = (char)y[10];
        }
    }

    internal readonly struct Signs(View<int> x, View<uint> y) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            x[0] = x[1] / x[2] + x[3] % x[4];
            y[0] = y[1] / y[2] + y[3] % y[4];
            x[5] = -(x[6] >> x[7]) ^ ~x[8];
            y[5] = y[6] >> (int)y[7];
            x[9] = Math.Min(x[10], x[11]);
            y[9] = uint.Min(y[10], y[11]);
        }
    }

    internal readonly struct Comparisons(View<float> x, View<bool> y) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            y[0] = x[0] < x[1];
            y[1] = !(x[2] >= x[3]);
            y[2] = !(x[4] <= x[5]);
            y[3] = x[6] == x[7];
        }
    }

    internal readonly struct Maths(View<float> x, View<uint> y, View<ulong> z) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            x[0] = MathF.Sqrt(MathF.Abs(x[1])) + MathF.Max(x[2], x[3]);
            x[1] = MathF.Floor(x[4]) + MathF.Round(x[5]) + MathF.FusedMultiplyAdd(x[6], x[7], x[8]);
            x[2] = float.CopySign(x[3], x[4]) + float.Clamp(x[5], 0, 1) + float.Max(x[1], x[2]);
            y[0] = (uint)BitOperations.PopCount(y[1]) + BitOperations.RotateLeft(y[2], 5) + (uint)BitOperations.TrailingZeroCount(y[3]);
            z[0] = (ulong)BitOperations.LeadingZeroCount(z[1]) + Math.BigMul(y[1], y[2]);
            if (float.IsNaN(x[9]) || float.IsInfinity(x[10]))
                x[11] = BitConverter.UInt32BitsToSingle(y[4]);
        }
    }

    internal readonly struct Halves(View<Half> x, View<float> y) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            x[0] = x[1] + x[2];
            y[0] = (float)x[3] + (x[4] < x[5] ? 1 : 2);
            x[6] = (Half)y[1];
            Half kept = x[7];
            x[8] = y[2] > 0 ? kept : Half.Zero;
        }
    }

    [SixteenBitFloat("bf16")]
    internal readonly struct Brain
    {
        private readonly ushort bits;

        public Brain(ushort bits) => this.bits = bits;

        public ushort Bits => bits;
    }

    [Ptx("mul.{T} {result}, {x}, {y};", Pure = true)]
    private static T Times<T>(T x, T y)
        where T : unmanaged => throw new NotSupportedException();

    [Ptx("add.{T} {result}, {x}, {y};", Pure = true)]
    private static T Plus<T>(T x, T y)
        where T : unmanaged => throw new NotSupportedException();

    internal readonly struct Brains(View<Brain> x, View<float> y) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            x[0] = Times(x[1], new Brain((ushort)(x[2].Bits ^ 0x8000)));
            y[0] = Plus(y[1], 2f);
        }
    }

    internal readonly struct Generic<T>(View<T> x) : IKernel
        where T : unmanaged, INumber<T>
    {
        public static Block Block => new(32);

        public void Run() => x[0] = T.Max(x[1] * x[2], T.Zero) + T.One;
    }

    private static readonly int Answer = 42;

    private static readonly (int A, int B) Pair = (1, 3);

    internal readonly struct ReadsConstants(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = Answer + Pair.B;
    }

    [InlineArray(4)]
    internal struct Accumulator
    {
        public float First;
    }

    internal readonly record struct Fragment(uint A, uint B);

    [Ptx("mma.{T}.{T:b} {c}, {a}, {k}, {flag}, {{}};", Architecture = 90, ArchitectureSpecific = true, IsaVersion = 78)]
    private static void Mma<T>(ref Accumulator c, Fragment a, [Immediate] int k, out int flag) => throw new NotSupportedException();

    internal readonly struct Multiplies(View<float> x, View<uint> y) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            var sums = new Accumulator();
            Mma<float>(ref sums, new Fragment(y[0], y[1]), 3, out int flag);
            x[0] = sums[2] + flag;
        }
    }

    [Ptx("atom.{place:space}.add.{T} {result}, [{place}], {value};")]
    private static T AtomicAdd<T>([Address] ref T place, T value)
        where T : unmanaged => throw new NotSupportedException();

    internal readonly struct Spaced(View<uint> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            Shared<int> counts = Shared.Array<int>(32);
            x[0] = (uint)AtomicAdd(ref counts[3], 1);
            AtomicAdd(ref x[1], 2u);
        }
    }
}
