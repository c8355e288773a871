using System.Numerics;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using static CogVideoX.Emulator.Instructions.IntegerFunctions;

namespace CogVideoX.Emulator.Instructions;

/// <summary>Integer arithmetic (PTX ISA 9.7.1, 9.7.2). Opcodes that floats share go on to <see cref="FloatOpcodes"/>.</summary>
internal static class IntegerOpcodes
{
    private static readonly PtxType[] Integers = [PtxType.U16, PtxType.S16, PtxType.U32, PtxType.S32, PtxType.U64, PtxType.S64];

    public static void AddTo(Dictionary<string, Func<InstructionDecoder, Instruction>> all)
    {
        all["add"] = d => IsPacked(d) ? Packed(d, "add") : IsInteger(d) ? AddOrSubtract(d, subtract: false) : FloatOpcodes.Add(d);
        all["sub"] = d => IsInteger(d) ? AddOrSubtract(d, subtract: true) : FloatOpcodes.Subtract(d);
        all["mul"] = d => IsInteger(d) ? Multiply(d) : FloatOpcodes.Multiply(d);
        all["mad"] = d => IsInteger(d) ? MultiplyAdd(d) : FloatOpcodes.MultiplyAdd(d);
        all["div"] = d => IsInteger(d) ? Simple(d, new Quotients()) : FloatOpcodes.Divide(d);
        all["min"] = d => IsPacked(d) ? Packed(d, "min") : IsInteger(d) ? Extreme(d, "min") : FloatOpcodes.Minimum(d);
        all["max"] = d => IsPacked(d) ? Packed(d, "max") : IsInteger(d) ? Extreme(d, "max") : FloatOpcodes.Maximum(d);
        all["neg"] = d => IsInteger(d) ? Simple(d, new Negation()) : FloatOpcodes.Negate(d);
        all["abs"] = d => IsInteger(d) ? Simple(d, new Magnitude()) : FloatOpcodes.Absolute(d);
        all["rem"] = d => Simple(d, new Remainders());
        all["sad"] = d => Simple(d, new Differences());
        all["popc"] = d => Counting(d, leading: false);
        all["clz"] = d => Counting(d, leading: true);
        all["addc"] = d => ExtendedArithmetic.Decode(d, subtract: false, carryIn: true);
        all["subc"] = d => ExtendedArithmetic.Decode(d, subtract: true, carryIn: true);
        all["madc"] = d => ExtendedArithmetic.DecodeMultiply(d, carryIn: true);
        RareIntegerOpcodes.AddTo(all);
    }

    private static bool IsInteger(InstructionDecoder d) =>
        d.Syntax.Suffixes.Any(s => PtxTypes.TryParse(s, out PtxType t) && Integers.Contains(t));

    private static bool IsPacked(InstructionDecoder d) => d.Syntax.Suffixes.Any(s => s is "u16x2" or "s16x2");

    private static Instruction Packed(InstructionDecoder d, string name)
    {
        bool relu = name != "add" && d.Flag("relu");
        PtxType type = d.Type(PtxType.U16x2, PtxType.S16x2);
        if (relu && type == PtxType.U16x2)
            throw d.Error(".relu wants signed numbers");
        d.Count(3);
        (int to, int a, int b) = (d.Destination(0, type), d.Source(1, type), d.Source(2, type));
        return (name, type, relu) switch
        {
            ("add", _, _) => new Binary<uint, PackedIntegers.Add>(to, a, b),
            ("min", PtxType.U16x2, _) => new Binary<uint, PackedIntegers.MinimumUnsigned>(to, a, b),
            ("max", PtxType.U16x2, _) => new Binary<uint, PackedIntegers.MaximumUnsigned>(to, a, b),
            ("min", _, false) => new Binary<uint, PackedIntegers.Minimum>(to, a, b),
            ("max", _, false) => new Binary<uint, PackedIntegers.Maximum>(to, a, b),
            ("min", _, _) => new Binary<uint, PackedIntegers.Relu<PackedIntegers.Minimum>>(to, a, b),
            _ => new Binary<uint, PackedIntegers.Relu<PackedIntegers.Maximum>>(to, a, b),
        };
    }

    private static Instruction Extreme(InstructionDecoder d, string name)
    {
        if (!d.Flag("relu"))
            return name == "min" ? Simple(d, new Minima()) : Simple(d, new Maxima());
        PtxType type = d.Type(PtxType.S32);
        d.Count(3);
        (int to, int a, int b) = (d.Destination(0, type), d.Source(1, type), d.Source(2, type));
        return name == "min"
            ? new Binary<int, PackedIntegers.ReluWord<Minimum<int>>>(to, a, b)
            : new Binary<int, PackedIntegers.ReluWord<Maximum<int>>>(to, a, b);
    }

    private static Instruction AddOrSubtract(InstructionDecoder d, bool subtract)
    {
        if (d.Flag("cc"))
            return ExtendedArithmetic.Decode(d, subtract, carryIn: false, carryOut: true);
        if (!d.Flag("sat"))
            return subtract ? Simple(d, new Differing()) : Simple(d, new Adding());
        d.Type(PtxType.S32);
        d.Count(3);
        (int to, int a, int b) = (d.Destination(0, PtxType.S32), d.Source(1, PtxType.S32), d.Source(2, PtxType.S32));
        return subtract ? new Binary<int, SaturatingSubtract>(to, a, b) : new Binary<int, SaturatingAdd>(to, a, b);
    }

    private static Instruction Simple(InstructionDecoder d, ITyped make)
    {
        PtxType type = d.Type(Integers);
        if (make is Negation or Magnitude && !type.IsSigned())
            throw d.Error($"{d.Syntax.Opcode} wants a signed type");
        d.Count(make.Sources + 1);
        int[] slots = [d.Destination(0, type), .. Enumerable.Range(1, make.Sources).Select(i => d.Source(i, type))];
        return type switch
        {
            PtxType.U16 => make.Of<ushort>(slots),
            PtxType.S16 => make.Of<short>(slots),
            PtxType.U32 => make.Of<uint>(slots),
            PtxType.S32 => make.Of<int>(slots),
            PtxType.U64 => make.Of<ulong>(slots),
            _ => make.Of<long>(slots),
        };
    }

    private static Instruction Multiply(InstructionDecoder d)
    {
        string part = d.Need("lo", "hi", "wide");
        if (part == "lo")
            return Simple(d, new Products());
        PtxType type = d.Type(Integers);
        d.Count(3);
        return part == "wide" ? Wide(d, type, null) : High(d, type, hasAddend: false);
    }

    private static Instruction MultiplyAdd(InstructionDecoder d)
    {
        if (d.Flag("cc"))
            return ExtendedArithmetic.DecodeMultiply(d, carryIn: false, carryOut: true);
        string part = d.Need("lo", "hi", "wide");
        if (part == "lo")
            return Simple(d, new SumsOfProducts());
        bool saturate = d.Flag("sat");
        PtxType type = d.Type(Integers);
        d.Count(4);
        if (saturate && (part != "hi" || type != PtxType.S32))
            throw d.Error(".sat wants .hi.s32");
        return part == "wide" ? Wide(d, type, Twice(type)) : High(d, type, hasAddend: true, saturate);
    }

    private static PtxType Twice(PtxType type) => type switch
    {
        PtxType.U16 => PtxType.U32,
        PtxType.S16 => PtxType.S32,
        PtxType.U32 => PtxType.U64,
        _ => PtxType.S64,
    };

    private static Instruction Wide(InstructionDecoder d, PtxType type, PtxType? addend)
    {
        if (type.Bytes() == 8)
            throw d.Error(".wide has no 64-bit form");
        int to = d.Destination(0, Twice(type)), a = d.Source(1, type), b = d.Source(2, type);
        int? c = addend is { } wide ? d.Source(3, wide) : null;
        return type switch
        {
            PtxType.U16 => new WideBinary<ushort, uint, WidenMultiply<ushort, uint>>(to, a, b, c),
            PtxType.S16 => new WideBinary<short, int, WidenMultiply<short, int>>(to, a, b, c),
            PtxType.U32 => new WideBinary<uint, ulong, WidenMultiply<uint, ulong>>(to, a, b, c),
            _ => new WideBinary<int, long, WidenMultiply<int, long>>(to, a, b, c),
        };
    }

    private static LaneFunction High(InstructionDecoder d, PtxType type, bool hasAddend, bool saturate = false)
    {
        int bytes = type.Bytes(), bits = bytes * 8;
        var to = new LaneSlot(d.Destination(0, type), bytes);
        LaneSlot[] from = [.. Enumerable.Range(1, hasAddend ? 3 : 2).Select(i => new LaneSlot(d.Source(i, type), bytes))];
        return new LaneFunction(to, from, v =>
        {
            Int128 product = type.IsSigned() ? (Int128)Signed(v[0], bytes) * Signed(v[1], bytes) : (Int128)((UInt128)v[0] * v[1]);
            Int128 high = type.IsSigned() ? product >> bits : (Int128)((UInt128)product >> bits);
            if (hasAddend)
                high += type.IsSigned() ? Signed(v[2], bytes) : v[2];
            return saturate ? (ulong)(long)Int128.Clamp(high, int.MinValue, int.MaxValue) : (ulong)high;
        });
    }

    internal static long Signed(ulong value, int bytes) => (long)(value << 64 - (8 * bytes)) >> 64 - (8 * bytes);

    private static Instruction Counting(InstructionDecoder d, bool leading)
    {
        PtxType type = d.Type(PtxType.B32, PtxType.B64);
        d.Count(2);
        int to = d.Destination(0, PtxType.U32), a = d.Source(1, type);
        if (type == PtxType.B32)
            return leading ? new Unary<uint, uint, LeadingZeros<uint>>(to, a) : new Unary<uint, uint, PopulationCount<uint>>(to, a);
        return leading ? new Unary<ulong, uint, LeadingZeros<ulong>>(to, a) : new Unary<ulong, uint, PopulationCount<ulong>>(to, a);
    }

    private interface ITyped
    {
        int Sources { get; }

        Instruction Of<T>(int[] s) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>;
    }

    private sealed class Adding : ITyped
    {
        public int Sources => 2;
        public Instruction Of<T>(int[] s) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
            new Binary<T, Add<T>>(s[0], s[1], s[2]);
    }

    private sealed class Differing : ITyped
    {
        public int Sources => 2;
        public Instruction Of<T>(int[] s) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
            new Binary<T, Subtract<T>>(s[0], s[1], s[2]);
    }

    private sealed class Products : ITyped
    {
        public int Sources => 2;
        public Instruction Of<T>(int[] s) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
            new Binary<T, MultiplyLow<T>>(s[0], s[1], s[2]);
    }

    private sealed class SumsOfProducts : ITyped
    {
        public int Sources => 3;
        public Instruction Of<T>(int[] s) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
            new Ternary<T, MultiplyAddLow<T>>(s[0], s[1], s[2], s[3]);
    }

    private sealed class Minima : ITyped
    {
        public int Sources => 2;
        public Instruction Of<T>(int[] s) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
            new Binary<T, Minimum<T>>(s[0], s[1], s[2]);
    }

    private sealed class Maxima : ITyped
    {
        public int Sources => 2;
        public Instruction Of<T>(int[] s) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
            new Binary<T, Maximum<T>>(s[0], s[1], s[2]);
    }

    private sealed class Quotients : ITyped
    {
        public int Sources => 2;
        public Instruction Of<T>(int[] s) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
            new Division<T, Divide<T>>(s[0], s[1], s[2]);
    }

    private sealed class Remainders : ITyped
    {
        public int Sources => 2;
        public Instruction Of<T>(int[] s) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
            new Division<T, Remainder<T>>(s[0], s[1], s[2]);
    }

    private sealed class Differences : ITyped
    {
        public int Sources => 3;
        public Instruction Of<T>(int[] s) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
            new Ternary<T, SumOfDifference<T>>(s[0], s[1], s[2], s[3]);
    }

    private sealed class Negation : ITyped
    {
        public int Sources => 1;
        public Instruction Of<T>(int[] s) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => new Unary<T, T, Negate<T>>(s[0], s[1]);
    }

    private sealed class Magnitude : ITyped
    {
        public int Sources => 1;
        public Instruction Of<T>(int[] s) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
            new Unary<T, T, Absolute<T>>(s[0], s[1]);
    }
}
