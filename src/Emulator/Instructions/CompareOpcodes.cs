using System.Numerics;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Numerics;
using CogVideoX.Emulator.Syntax;
using static CogVideoX.Emulator.Instructions.Comparisons;

namespace CogVideoX.Emulator.Instructions;

/// <summary>Comparison and selection (PTX ISA 9.7.6, 9.7.7).</summary>
internal static class CompareOpcodes
{
    private static readonly string[] Questions =
        ["eq", "ne", "lt", "le", "gt", "ge", "lo", "ls", "hi", "hs", "equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan"];

    public static void AddTo(Dictionary<string, Func<InstructionDecoder, Instruction>> all)
    {
        all["setp"] = SetPredicate;
        all["set"] = SetValue;
        all["selp"] = Select;
        all["slct"] = SelectBySign;
    }

    private static Func<uint, uint, uint>? Combination(InstructionDecoder d) => d.OneOf("and", "or", "xor") switch
    {
        "and" => (a, b) => a & b,
        "or" => (a, b) => a | b,
        "xor" => (a, b) => a ^ b,
        _ => null,
    };

    private static Instruction SetPredicate(InstructionDecoder d)
    {
        string question = d.Need(Questions);
        Func<uint, uint, uint>? combine = Combination(d);
        bool flush = d.Flag("ftz");
        PtxType type = d.Type();
        Check(d, question, type, flush);
        d.Count(combine is null ? 3 : 4);
        PtxOperand target = d.Operand(0);
        bool pair = target.Kind == OperandKind.Pair;
        if (pair && type is PtxType.F16 or PtxType.BF16)
            throw d.Error($"setp of {type.Text()} has one result");
        int p = d.Destination(pair ? target.Parts[0] : target, PtxType.Pred);
        int? q = pair ? d.Destination(target.Parts[1], PtxType.Pred) : null;
        int a = d.Source(1, type), b = d.Source(2, type);
        PredicateSource? c = combine is null ? null : d.Predicate(d.Operand(3));
        return type switch
        {
            PtxType.U16 or PtxType.B16 => Make<ushort>(d, question, p, q, a, b, c, combine),
            PtxType.S16 => Make<short>(d, question, p, q, a, b, c, combine),
            PtxType.U32 or PtxType.B32 => Make<uint>(d, question, p, q, a, b, c, combine),
            PtxType.S32 => Make<int>(d, question, p, q, a, b, c, combine),
            PtxType.U64 or PtxType.B64 => Make<ulong>(d, question, p, q, a, b, c, combine),
            PtxType.S64 => Make<long>(d, question, p, q, a, b, c, combine),
            PtxType.F32 when !flush => Make<float>(d, question, p, q, a, b, c, combine),
            PtxType.F64 => Make<double>(d, question, p, q, a, b, c, combine),
            PtxType.F32 or PtxType.F16 or PtxType.BF16 => new CompareNarrow(type, Asks(question), flush, p, q, a, b, c, combine),
            PtxType.F16x2 or PtxType.BF16x2 => new CompareNarrow(type, Asks(question), flush, p, q, a, b, c, combine),
            _ => throw d.Error($"{type.Text()} can't be compared"),
        };
    }

    private static Instruction Make<T>(
        InstructionDecoder d, string question, int p, int? q, int a, int b, PredicateSource? c, Func<uint, uint, uint>? combine)
        where T : unmanaged, INumber<T> => question switch
        {
            "eq" => new Compare<T, Equal<T>>(p, q, a, b, c, combine),
            "ne" => new Compare<T, NotEqual<T>>(p, q, a, b, c, combine),
            "lt" or "lo" => new Compare<T, Less<T>>(p, q, a, b, c, combine),
            "le" or "ls" => new Compare<T, LessOrEqual<T>>(p, q, a, b, c, combine),
            "gt" or "hi" => new Compare<T, Less<T>>(p, q, b, a, c, combine),
            "ge" or "hs" => new Compare<T, LessOrEqual<T>>(p, q, b, a, c, combine),
            "equ" => new Compare<T, Opposite<T, NotEqual<T>>>(p, q, a, b, c, combine),
            "neu" => new Compare<T, Opposite<T, Equal<T>>>(p, q, a, b, c, combine),
            "ltu" => new Compare<T, Opposite<T, LessOrEqual<T>>>(p, q, b, a, c, combine),
            "leu" => new Compare<T, Opposite<T, Less<T>>>(p, q, b, a, c, combine),
            "gtu" => new Compare<T, Opposite<T, LessOrEqual<T>>>(p, q, a, b, c, combine),
            "geu" => new Compare<T, Opposite<T, Less<T>>>(p, q, a, b, c, combine),
            "num" => new Compare<T, Ordered<T>>(p, q, a, b, c, combine),
            "nan" => new Compare<T, Opposite<T, Ordered<T>>>(p, q, a, b, c, combine),
            _ => throw d.Error($".{question} isn't known"),
        };

    /// <summary>The question on doubles, for types that have no vectors.</summary>
    internal static Func<double, double, bool> Asks(string question) => question switch
    {
        "eq" => (a, b) => a == b,
        "ne" => (a, b) => a != b && !double.IsNaN(a) && !double.IsNaN(b),
        "lt" or "lo" => (a, b) => a < b,
        "le" or "ls" => (a, b) => a <= b,
        "gt" or "hi" => (a, b) => a > b,
        "ge" or "hs" => (a, b) => a >= b,
        "equ" => (a, b) => a == b || double.IsNaN(a) || double.IsNaN(b),
        "neu" => (a, b) => a != b,
        "ltu" => (a, b) => !(a >= b),
        "leu" => (a, b) => !(a > b),
        "gtu" => (a, b) => !(a <= b),
        "geu" => (a, b) => !(a < b),
        "num" => (a, b) => !double.IsNaN(a) && !double.IsNaN(b),
        _ => (a, b) => double.IsNaN(a) || double.IsNaN(b),
    };

    private static LaneFunction SetValue(InstructionDecoder d)
    {
        string question = d.Need(Questions);
        string? combine = d.OneOf("and", "or", "xor");
        bool flush = d.Flag("ftz");
        PtxType result = d.Type(), type = d.Type();
        Check(d, question, type, flush);
        bool packed = type is PtxType.F16x2 or PtxType.BF16x2, half = packed || type is PtxType.F16 or PtxType.BF16;
        bool fits = result switch
        {
            PtxType.U32 or PtxType.S32 => true,
            PtxType.F16x2 or PtxType.BF16x2 => type == result,
            PtxType.U16 or PtxType.S16 => half && !packed,
            PtxType.F32 or PtxType.F16 or PtxType.BF16 => !packed,
            _ => false,
        };
        if (!fits)
            throw d.Error($"set of {type.Text()} can't give a {result.Text()}");
        d.Count(combine is null ? 3 : 4);
        LaneSlot to = new(d.Destination(0, result), result.Bytes()), a = new(d.Source(1, type), type.Bytes()), b = new(d.Source(2, type),
            type.Bytes());
        PredicateSource? third = combine is null ? null : d.Predicate(d.Operand(3));
        LaneSlot[] from = third is { } c ? [a, b, new(c.Slot, 0, c.Flip)] : [a, b];
        ulong yes = Yes(result, packed);
        Func<ulong, ulong, bool> asks = AsksBits(question, type, flush);
        return new LaneFunction(to, from, v =>
        {
            ulong low = Combined(asks(v[0], v[1]), v) ? yes : 0;
            return packed ? low | (Combined(asks(v[0] >> 16, v[1] >> 16), v) ? yes : 0) << 16 : low;
        });
        bool Combined(bool holds, ulong[] v) =>
            combine switch { "and" => holds & v[2] != 0, "or" => holds | v[2] != 0, "xor" => holds ^ v[2] != 0, _ => holds };
    }

    /// <summary>What stands for true: ones, or 1.0; of a half if each half has its own answer.</summary>
    private static ulong Yes(PtxType result, bool packed) => result switch
    {
        PtxType.F32 => 0x3f800000,
        PtxType.F16 or PtxType.F16x2 => 0x3c00,
        PtxType.BF16 or PtxType.BF16x2 => 0x3f80,
        PtxType.U16 or PtxType.S16 => ushort.MaxValue,
        _ => packed ? ushort.MaxValue : uint.MaxValue,
    };

    private static Func<ulong, ulong, bool> AsksBits(string question, PtxType type, bool flush)
    {
        if (type.IsFloat() || type is PtxType.F16x2 or PtxType.BF16x2)
        {
            Func<double, double, bool> asks = Asks(question);
            return (a, b) => asks(Value(a, type, flush), Value(b, type, flush));
        }
        int bytes = type.Bytes();
        Func<ulong, ulong, int> order = type.IsSigned()
            ? (a, b) => IntegerOpcodes.Signed(a, bytes).CompareTo(IntegerOpcodes.Signed(b, bytes)) : (a, b) => a.CompareTo(b);
        return question switch
        {
            "eq" => (a, b) => a == b,
            "ne" => (a, b) => a != b,
            "lt" or "lo" => (a, b) => order(a, b) < 0,
            "le" or "ls" => (a, b) => order(a, b) <= 0,
            "gt" or "hi" => (a, b) => order(a, b) > 0,
            _ => (a, b) => order(a, b) >= 0,
        };
    }

    /// <summary>Which questions there are for which types, and where .ftz may stand (PTX ISA 9.7.6.1–2, 9.7.7).</summary>
    private static void Check(InstructionDecoder d, string question, PtxType type, bool flush)
    {
        bool fits = type switch
        {
            PtxType.B16 or PtxType.B32 or PtxType.B64 => question is "eq" or "ne",
            PtxType.S16 or PtxType.S32 or PtxType.S64 => question is "eq" or "ne" or "lt" or "le" or "gt" or "ge",
            PtxType.U16 or PtxType.U32 or PtxType.U64 =>
                question is "eq" or "ne" or "lt" or "le" or "gt" or "ge" or "lo" or "ls" or "hi" or "hs",
            PtxType.F16 or PtxType.F16x2 or PtxType.BF16 or PtxType.BF16x2 or PtxType.F32 or PtxType.F64 =>
                question is not ("lo" or "ls" or "hi" or "hs"),
            _ => throw d.Error($"{type.Text()} can't be compared"),
        };
        if (!fits)
            throw d.Error($".{question} isn't a question for {type.Text()}");
        if (flush && type is not (PtxType.F32 or PtxType.F16 or PtxType.F16x2))
            throw d.Error($".ftz doesn't belong to {type.Text()}");
    }

    internal static double Value(ulong bits, PtxType type, bool flush = false) => type switch
    {
        PtxType.F32 => flush
            ? FloatFunctions.FlushToZero(BitConverter.UInt32BitsToSingle((uint)bits)) : BitConverter.UInt32BitsToSingle((uint)bits),
        PtxType.F64 => BitConverter.UInt64BitsToDouble(bits),
        PtxType.F16 or PtxType.F16x2 => FloatFormat.F16.Decode((uint)bits & 0xffff),
        PtxType.BF16 or PtxType.BF16x2 => FloatFormat.BF16.Decode((uint)bits & 0xffff),
        _ => type.IsSigned() ? IntegerOpcodes.Signed(bits, type.Bytes()) : bits,
    };

    private static Instruction Select(InstructionDecoder d)
    {
        PtxType type = d.Type(PtxType.B16, PtxType.B32, PtxType.B64, PtxType.U16, PtxType.U32, PtxType.U64, PtxType.S16, PtxType.S32,
            PtxType.S64, PtxType.F32, PtxType.F64);
        d.Count(4);
        int to = d.Destination(0, type), a = d.Source(1, type), b = d.Source(2, type);
        PredicateSource c = d.Predicate(d.Operand(3));
        return type.Bytes() switch
        {
            2 => new SelectLanes<ushort>(to, a, b, c),
            4 => new SelectLanes<uint>(to, a, b, c),
            8 => new SelectLanes<ulong>(to, a, b, c),
            _ => throw d.Error($"{type.Text()} can't be selected"),
        };
    }

    private static LaneFunction SelectBySign(InstructionDecoder d)
    {
        bool flush = d.Flag("ftz");
        PtxType type = d.Type(), sign = d.Type(PtxType.S32, PtxType.F32);
        d.Count(4);
        int bytes = type.Bytes();
        LaneSlot to = new(d.Destination(0, type), bytes), c = new(d.Source(3, sign), 4);
        return new LaneFunction(to, [new(d.Source(1, type), bytes), new(d.Source(2, type), bytes), c],
            v => Value(v[2], sign, flush) >= 0 ? v[0] : v[1]);
    }
}
