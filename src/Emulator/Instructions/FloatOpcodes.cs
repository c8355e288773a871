using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Numerics;
using static CogVideoX.Emulator.Instructions.FloatFunctions;
using static CogVideoX.Emulator.Instructions.FloatModes;

namespace CogVideoX.Emulator.Instructions;

/// <summary>
/// Floating-point arithmetic (PTX ISA 9.7.3–9.7.5). Single precision to nearest is vectorised; the rest goes lane by lane.
/// </summary>
internal static class FloatOpcodes
{
    private static readonly PtxType[] Types =
        [PtxType.F32, PtxType.F64, PtxType.F16, PtxType.F16x2, PtxType.BF16, PtxType.BF16x2];

    public static void AddTo(Dictionary<string, Func<InstructionDecoder, Instruction>> all)
    {
        all["fma"] = MultiplyAdd;
        all["rcp"] = d => Elementary(d, "rcp");
        all["sqrt"] = d => Elementary(d, "sqrt");
        all["rsqrt"] = d => Elementary(d, "rsqrt");
        all["sin"] = d => Elementary(d, "sin");
        all["cos"] = d => Elementary(d, "cos");
        all["lg2"] = d => Elementary(d, "lg2");
        all["ex2"] = d => Elementary(d, "ex2");
        all["tanh"] = d => Elementary(d, "tanh");
        all["copysign"] = CopySign;
        all["testp"] = TestProperty;
    }

    public static Instruction Add(InstructionDecoder d) => Plain(d, 2, FloatMath.Sum,
        (f, s, o) => FloatBinary.Make<Add<Plain>, Add<Ftz>, Add<Sat>, Add<FtzSat>>(f, s, o[0], o[1], o[2]));

    public static Instruction Subtract(InstructionDecoder d) => Plain(d, 2, FloatMath.Difference,
        (f, s, o) => FloatBinary.Make<Subtract<Plain>, Subtract<Ftz>, Subtract<Sat>, Subtract<FtzSat>>(f, s, o[0], o[1], o[2]));

    public static Instruction Multiply(InstructionDecoder d) => Plain(d, 2, FloatMath.Product,
        (f, s, o) => FloatBinary.Make<Multiply<Plain>, Multiply<Ftz>, Multiply<Sat>, Multiply<FtzSat>>(f, s, o[0], o[1], o[2]));

    public static Instruction MultiplyAdd(InstructionDecoder d) => Plain(d, 3, FloatMath.SumOfProduct, (f, s, o) => (f, s) switch
    {
        (false, false) => new Ternary<float, MultiplyAdd<Plain>>(o[0], o[1], o[2], o[3]),
        (true, false) => new Ternary<float, MultiplyAdd<Ftz>>(o[0], o[1], o[2], o[3]),
        (false, true) => new Ternary<float, MultiplyAdd<Sat>>(o[0], o[1], o[2], o[3]),
        _ => new Ternary<float, MultiplyAdd<FtzSat>>(o[0], o[1], o[2], o[3]),
    });

    public static Instruction Divide(InstructionDecoder d)
    {
        string? approximate = d.OneOf("approx", "full");
        if (approximate is null)
            return Plain(d, 2, FloatMath.Quotient, null);
        bool flush = d.Flag("ftz");
        d.Type(PtxType.F32);
        d.Count(3);
        int[] o = [d.Destination(0, PtxType.F32), d.Source(1, PtxType.F32), d.Source(2, PtxType.F32)];
        return FloatBinary.Make<Divide<Plain>, Divide<Ftz>, Divide<Sat>, Divide<FtzSat>>(flush, false, o[0], o[1], o[2]);
    }

    public static Instruction Minimum(InstructionDecoder d) => Extreme(d, (v, nan, xor) => FloatMath.Extreme(v, -1, nan, xor),
        (f, n, o) => n
            ? FloatBinary.Make<MinimumNan<Plain>, MinimumNan<Ftz>, MinimumNan<Sat>, MinimumNan<FtzSat>>(f, false, o[0], o[1], o[2])
            : FloatBinary.Make<Minimum<Plain>, Minimum<Ftz>, Minimum<Sat>, Minimum<FtzSat>>(f, false, o[0], o[1], o[2]));

    public static Instruction Maximum(InstructionDecoder d) => Extreme(d, (v, nan, xor) => FloatMath.Extreme(v, 1, nan, xor),
        (f, n, o) => n
            ? FloatBinary.Make<MaximumNan<Plain>, MaximumNan<Ftz>, MaximumNan<Sat>, MaximumNan<FtzSat>>(f, false, o[0], o[1], o[2])
            : FloatBinary.Make<Maximum<Plain>, Maximum<Ftz>, Maximum<Sat>, Maximum<FtzSat>>(f, false, o[0], o[1], o[2]));

    public static Instruction Negate(InstructionDecoder d) => Sign(d, (bits, sign) => bits ^ sign);

    public static Instruction Absolute(InstructionDecoder d) => Sign(d, (bits, sign) => bits & ~sign);

    /// <summary>Sums, products, quotients: a rounding mode, .ftz, .sat, .relu for halves; fast if single precision to nearest.</summary>
    private static Instruction Plain(
        InstructionDecoder d, int sources, FloatOperation operation, Func<bool, bool, int[], Instruction>? fast)
    {
        string? rounding = d.OneOf("rn", "rz", "rm", "rp");
        RoundingMode mode = ModeOf(rounding);
        bool flush = d.Flag("ftz"), saturate = d.Flag("sat"), relu = d.Flag("relu");
        PtxType type = Type(d);
        FloatForms.Check(d, type, rounding is not null, flush, saturate, relu);
        d.Count(sources + 1);
        int[] slots = [d.Destination(0, type), .. Enumerable.Range(1, sources).Select(i => d.Source(i, type))];
        if (type == PtxType.F32 && mode == RoundingMode.NearestEven && fast is not null && !relu)
            return fast(flush, saturate, slots);
        if (type.Bytes() != 4 && type.Bytes() != 8 && mode != RoundingMode.NearestEven)
            throw d.Unsupported("halves are only rounded to nearest here");
        return new FloatLanes(type, slots, operation, mode, flush, saturate, relu);
    }

    private static PtxType Type(InstructionDecoder d)
    {
        if (d.Flag("oob"))
            throw d.Unsupported(".oob isn't covered");
        PtxType type = d.Type();
        if (type == PtxType.F32x2)
            throw d.Unsupported("pairs of .f32 aren't covered");
        if (type == PtxType.F32 && d.OneOf("f16", "bf16") is not null)
            throw d.Unsupported("sums of mixed precision aren't covered");
        return Types.Contains(type) ? type : throw d.Error($"the type {type.Text()} doesn't fit");
    }

    internal static RoundingMode ModeOf(string? name) => name switch
    {
        "rz" => RoundingMode.TowardZero,
        "rm" => RoundingMode.Down,
        "rp" => RoundingMode.Up,
        _ => RoundingMode.NearestEven,
    };

    private static Instruction Extreme(
        InstructionDecoder d, Func<double[], bool, bool, double> choose, Func<bool, bool, int[], Instruction> fast)
    {
        bool flush = d.Flag("ftz"), nan = d.Flag("NaN");
        bool magnitude = d.Flag("xorsign") & d.Flag("abs");
        PtxType type = d.Type(Types);
        FloatForms.CheckFlush(d, type, flush);
        d.Count(3, type == PtxType.F32 && !magnitude ? 4 : 3);
        int[] slots = [d.Destination(0, type), .. Enumerable.Range(1, d.Operands.Count - 1).Select(i => d.Source(i, type))];
        if (type == PtxType.F32 && !magnitude && slots.Length == 3)
            return fast(flush, nan, slots);
        return new FloatLanes(type, slots, (v, _, _) => choose(v, nan, magnitude), RoundingMode.NearestEven, flush, false, false);
    }

    private static LaneFunction Sign(InstructionDecoder d, Func<ulong, ulong, ulong> change)
    {
        bool flush = d.Flag("ftz");
        PtxType type = d.Type(Types);
        FloatForms.CheckFlush(d, type, flush);
        d.Count(2);
        int bytes = type.Bytes();
        ulong sign = type switch
        {
            PtxType.F16x2 or PtxType.BF16x2 => 0x80008000,
            _ => 1UL << 8 * bytes - 1,
        };
        LaneSlot to = new(d.Destination(0, type), bytes), from = new(d.Source(1, type), bytes);
        return new LaneFunction(to, [from], v => change(flush && type == PtxType.F32
            ? BitConverter.SingleToUInt32Bits(FlushToZero(BitConverter.UInt32BitsToSingle((uint)v[0]))) : v[0], sign));
    }

    /// <summary>rcp, sqrt, rsqrt and the transcendental ones; .approx forms are computed in double, far within PTX's bound.</summary>
    private static FloatLanes Elementary(InstructionDecoder d, string name)
    {
        bool approximate = d.Flag("approx");
        string? rounding = d.OneOf("rn", "rz", "rm", "rp");
        RoundingMode mode = ModeOf(rounding);
        bool flush = d.Flag("ftz");
        PtxType type = d.Type(Types);
        FloatForms.CheckElementary(d, name, type, approximate, rounding is not null, flush);
        d.Count(2);
        flush |= type == PtxType.F64 && approximate;
        int[] slots = [d.Destination(0, type), d.Source(1, type)];
        FloatOperation operation = FloatMath.Elementary(name) ?? throw d.Error($"{name} isn't known");
        return new FloatLanes(type, slots, operation, mode, flush, false, false);
    }

    private static LaneFunction CopySign(InstructionDecoder d)
    {
        PtxType type = d.Type(PtxType.F32, PtxType.F64);
        d.Count(3);
        int bytes = type.Bytes();
        ulong sign = 1UL << 8 * bytes - 1;
        LaneSlot to = new(d.Destination(0, type), bytes);
        return new LaneFunction(to, [new(d.Source(1, type), bytes), new(d.Source(2, type), bytes)], v => v[1] & ~sign | v[0] & sign);
    }

    private static LaneFunction TestProperty(InstructionDecoder d)
    {
        string property = d.Need("finite", "infinite", "number", "notanumber", "normal", "subnormal");
        PtxType type = d.Type(PtxType.F32, PtxType.F64);
        d.Count(2);
        LaneSlot to = new(d.Destination(0, PtxType.Pred), 0);
        return new LaneFunction(to, [new(d.Source(1, type), type.Bytes())], v =>
        {
            double value = type == PtxType.F32 ? BitConverter.UInt32BitsToSingle((uint)v[0]) : BitConverter.UInt64BitsToDouble(v[0]);
            double smallest = type == PtxType.F32 ? 1.17549435082228751e-38 : 2.2250738585072014e-308;
            bool holds = property switch
            {
                "finite" => double.IsFinite(value),
                "infinite" => double.IsInfinity(value),
                "number" => !double.IsNaN(value),
                "notanumber" => double.IsNaN(value),
                "normal" => double.IsFinite(value) && (value == 0 || Math.Abs(value) >= smallest),
                _ => value != 0 && Math.Abs(value) < smallest,
            };
            return holds ? 1u : 0u;
        });
    }
}
