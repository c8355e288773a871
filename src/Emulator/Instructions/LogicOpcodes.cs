using System.Numerics;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Syntax;
using static CogVideoX.Emulator.Instructions.LogicFunctions;

namespace CogVideoX.Emulator.Instructions;

/// <summary>Logic and shifts (PTX ISA 9.7.8).</summary>
internal static class LogicOpcodes
{
    private static readonly PtxType[] Bits = [PtxType.B16, PtxType.B32, PtxType.B64];
    private static readonly PtxType[] Shifts =
        [PtxType.B16, PtxType.B32, PtxType.B64, PtxType.U16, PtxType.U32, PtxType.U64, PtxType.S16, PtxType.S32, PtxType.S64];

    public static void AddTo(Dictionary<string, Func<InstructionDecoder, Instruction>> all)
    {
        all["and"] = d => IsPredicate(d) ? Predicates(d, (a, b) => a & b) : Of<AndMaker>(d);
        all["or"] = d => IsPredicate(d) ? Predicates(d, (a, b) => a | b) : Of<OrMaker>(d);
        all["xor"] = d => IsPredicate(d) ? Predicates(d, (a, b) => a ^ b) : Of<XorMaker>(d);
        all["not"] = Not;
        all["cnot"] = CNot;
        all["lop3"] = Lookup;
        all["shl"] = d => Shift(d, left: true);
        all["shr"] = d => Shift(d, left: false);
        all["shf"] = Funnel;
    }

    private static bool IsPredicate(InstructionDecoder d) => d.Syntax.Suffixes.Contains("pred");

    private static PredicateLogic Predicates(InstructionDecoder d, Func<uint, uint, uint> function)
    {
        d.Type(PtxType.Pred);
        d.Count(3);
        PredicateSource a = d.Predicate(d.Operand(1)), b = d.Predicate(d.Operand(2));
        return new PredicateLogic(d.Destination(0, PtxType.Pred), a, b, function);
    }

    private static Instruction Of<TMaker>(InstructionDecoder d) where TMaker : IMaker
    {
        PtxType type = d.Type(Bits);
        d.Count(3);
        int to = d.Destination(0, type), a = d.Source(1, type), b = d.Source(2, type);
        return type.Bytes() switch
        {
            2 => TMaker.Make<ushort>(to, a, b),
            4 => TMaker.Make<uint>(to, a, b),
            _ => TMaker.Make<ulong>(to, a, b),
        };
    }

    private static Instruction Not(InstructionDecoder d)
    {
        if (IsPredicate(d))
        {
            d.Type(PtxType.Pred);
            d.Count(2);
            PredicateSource source = d.Predicate(d.Operand(1));
            return new PredicateLogic(d.Destination(0, PtxType.Pred), source, source, (a, _) => ~a);
        }
        PtxType type = d.Type(Bits);
        d.Count(2);
        int to = d.Destination(0, type), from = d.Source(1, type);
        return type.Bytes() switch
        {
            2 => new Unary<ushort, ushort, Not<ushort>>(to, from),
            4 => new Unary<uint, uint, Not<uint>>(to, from),
            _ => new Unary<ulong, ulong, Not<ulong>>(to, from),
        };
    }

    private static Instruction CNot(InstructionDecoder d)
    {
        PtxType type = d.Type(Bits);
        d.Count(2);
        int to = d.Destination(0, type), from = d.Source(1, type);
        return type.Bytes() switch
        {
            2 => new Unary<ushort, ushort, LogicalNot<ushort>>(to, from),
            4 => new Unary<uint, uint, LogicalNot<uint>>(to, from),
            _ => new Unary<ulong, ulong, LogicalNot<ulong>>(to, from),
        };
    }

    private static Instruction Lookup(InstructionDecoder d)
    {
        string? combine = d.OneOf("or", "and");
        d.Type(PtxType.B32);
        d.Count(combine is null ? 5 : 6);
        uint table = (uint)d.Immediate(4);
        LaneSlot[] from = [.. Enumerable.Range(1, 3).Select(i => new LaneSlot(d.Source(i, PtxType.B32), 4))];
        if (combine is null)
            return new LaneFunction(new(d.Destination(0, PtxType.B32), 4), from, Function);
        if (d.Operand(0) is not { Kind: OperandKind.Pair, Parts: var results })
            throw d.Error("lop3 with a predicate writes d|p");
        LaneSlot to = new(d.Destination(results[0], PtxType.B32), 4), p = new(d.Destination(results[1], PtxType.Pred), 0);
        return new LookupWithPredicate(to, p, from, d.Predicate(d.Operand(5)), combine == "or", Function);

        ulong Function(ulong[] v)
        {
            ulong result = 0;
            for (int row = 0; row < 8; row++)
            {
                if ((table >> row & 1) != 0)
                    result |= ((row & 4) != 0 ? v[0] : ~v[0]) & ((row & 2) != 0 ? v[1] : ~v[1]) & ((row & 1) != 0 ? v[2] : ~v[2]);
            }
            return result & uint.MaxValue;
        }
    }

    private static Instruction Shift(InstructionDecoder d, bool left)
    {
        PtxType type = left ? d.Type(Bits) : d.Type(Shifts);
        d.Count(3);
        int to = d.Destination(0, type), a = d.Source(1, type), b = d.Source(2, PtxType.U32);
        if (type.Bytes() == 4)
        {
            return left ? new Binary<uint, ShiftLeft32>(to, a, b)
                : type.IsSigned() ? new Binary<uint, ShiftRightSigned32>(to, a, b) : new Binary<uint, ShiftRight32>(to, a, b);
        }
        int bits = type.Bytes() * 8;
        return new LaneFunction(new(to, bits / 8), [new(a, bits / 8), new(b, 4)], v =>
        {
            if (type.IsSigned() && !left)
                return (ulong)(IntegerOpcodes.Signed(v[0], bits / 8) >> (int)Math.Min(v[1], (ulong)bits - 1));
            if (v[1] >= (ulong)bits)
                return 0;
            return left ? v[0] << (int)v[1] : v[0] >> (int)v[1];
        })
        { Moved = 1 };
    }

    private static LaneFunction Funnel(InstructionDecoder d)
    {
        bool left = d.Need("l", "r") == "l", wrap = d.Need("clamp", "wrap") == "wrap";
        d.Type(PtxType.B32);
        d.Count(4);
        LaneSlot to = new(d.Destination(0, PtxType.B32), 4);
        LaneSlot[] from = [.. Enumerable.Range(1, 3).Select(i => new LaneSlot(d.Source(i, PtxType.B32), 4))];
        return new LaneFunction(to, from, v =>
        {
            int by = (int)(wrap ? v[2] & 31 : Math.Min(v[2], 32));
            ulong both = v[1] << 32 | v[0];
            return left ? both << by >> 32 : both >> by & uint.MaxValue;
        })
        { Moved = 2, Says = wrap ? 31UL : ulong.MaxValue };
    }

    private interface IMaker
    {
        static abstract Instruction Make<T>(int d, int a, int b) where T : unmanaged, IBinaryInteger<T>;
    }

    private readonly struct AndMaker : IMaker
    {
        public static Instruction Make<T>(int d, int a, int b) where T : unmanaged, IBinaryInteger<T> => new Binary<T, And<T>>(d, a, b);
    }

    private readonly struct OrMaker : IMaker
    {
        public static Instruction Make<T>(int d, int a, int b) where T : unmanaged, IBinaryInteger<T> => new Binary<T, Or<T>>(d, a, b);
    }

    private readonly struct XorMaker : IMaker
    {
        public static Instruction Make<T>(int d, int a, int b) where T : unmanaged, IBinaryInteger<T> => new Binary<T, Xor<T>>(d, a, b);
    }
}
