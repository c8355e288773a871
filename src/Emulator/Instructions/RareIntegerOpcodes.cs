using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>Bit fields, dot products and other integer instructions without a vector form (PTX ISA 9.7.1).</summary>
internal static class RareIntegerOpcodes
{
    public static void AddTo(Dictionary<string, Func<InstructionDecoder, Instruction>> all)
    {
        all["mul24"] = d => Multiply24(d, addend: false);
        all["mad24"] = d => Multiply24(d, addend: true);
        all["brev"] = d =>
        {
            PtxType type = d.Type(PtxType.B32, PtxType.B64);
            d.Count(2);
            return Lanes(d, type, (v, bytes) => Reverse(v[0], bytes * 8), moved: 1);
        };
        all["bfind"] = FindBit;
        all["bfe"] = d =>
        {
            PtxType type = d.Type(PtxType.U32, PtxType.S32, PtxType.U64, PtxType.S64);
            return Extract(d, type);
        };
        all["bfi"] = Insert;
        all["bmsk"] = BitMask;
        all["szext"] = SignExtend;
        all["prmt"] = Permute;
        all["dp4a"] = d => Dot(d, 4);
        all["dp2a"] = d => Dot(d, 2);
        all["fns"] = FindNthSet;
    }

    private static LaneFunction Lanes(InstructionDecoder d, PtxType type, Func<ulong[], int, ulong> function, int moved = 0)
    {
        int bytes = type.Bytes();
        LaneSlot to = new(d.Destination(0, type), bytes);
        LaneSlot[] from = [.. Enumerable.Range(1, d.Operands.Count - 1).Select(i => new LaneSlot(d.Source(i, type), bytes))];
        return new LaneFunction(to, from, v => function(v, bytes)) { Moved = moved };
    }

    private static LaneFunction Multiply24(InstructionDecoder d, bool addend)
    {
        bool high = d.Need("lo", "hi") == "hi";
        PtxType type = d.Type(PtxType.U32, PtxType.S32);
        d.Count(addend ? 4 : 3);
        return Lanes(d, type, (v, _) =>
        {
            long a = type.IsSigned() ? (long)(v[0] << 40) >> 40 : (long)(v[0] & 0xffffff);
            long b = type.IsSigned() ? (long)(v[1] << 40) >> 40 : (long)(v[1] & 0xffffff);
            long product = a * b;
            return (ulong)(high ? product >> 16 : product) + (addend ? v[2] : 0);
        });
    }

    private static ulong Reverse(ulong value, int bits)
    {
        ulong result = 0;
        for (int i = 0; i < bits; i++)
            result |= (value >> i & 1) << bits - 1 - i;
        return result;
    }

    private static LaneFunction FindBit(InstructionDecoder d)
    {
        bool shiftAmount = d.Flag("shiftamt");
        PtxType type = d.Type(PtxType.U32, PtxType.S32, PtxType.U64, PtxType.S64);
        d.Count(2);
        int bits = type.Bytes() * 8;
        LaneSlot to = new(d.Destination(0, PtxType.U32), 4), from = new(d.Source(1, type), type.Bytes());
        return new LaneFunction(to, [from], v =>
        {
            long signed = IntegerOpcodes.Signed(v[0], bits / 8);
            ulong value = type.IsSigned() && signed < 0 ? (ulong)~signed : v[0];
            if (value == 0)
                return uint.MaxValue;
            int at = 63 - (int)ulong.LeadingZeroCount(value);
            return (ulong)(shiftAmount ? bits - 1 - at : at);
        });
    }

    private static LaneFunction Extract(InstructionDecoder d, PtxType type)
    {
        d.Count(4);
        RequireByte(d, 2, 3);
        int bits = type.Bytes() * 8;
        LaneSlot to = new(d.Destination(0, type), bits / 8), from = new(d.Source(1, type), bits / 8);
        return new LaneFunction(to, [from, new(d.Source(2, PtxType.U32), 4), new(d.Source(3, PtxType.U32), 4)], v =>
        {
            int start = (int)(v[1] & 255), length = (int)(v[2] & 255);
            if (length == 0)
                return 0;
            // past the top stands the sign, or zero
            UInt128 whole = type.IsSigned() ? (UInt128)(Int128)IntegerOpcodes.Signed(v[0], bits / 8) : v[0];
            UInt128 moved = type.IsSigned() ? (UInt128)((Int128)whole >> Math.Min(start, 127)) : start > 127 ? 0 : whole >> start;
            if (length >= bits)
                return (ulong)moved;
            ulong field = (ulong)moved & ((1UL << length) - 1);
            int signAt = Math.Min(start + length - 1, bits - 1);
            bool negative = type.IsSigned() && (v[0] >> signAt & 1) != 0;
            return negative ? field | ulong.MaxValue << length : field;
        })
        { Moved = 1, Says = 255 };
    }

    /// <summary>Where a field begins and how long it is, written as a number, fits a byte.</summary>
    private static void RequireByte(InstructionDecoder d, params ReadOnlySpan<int> places)
    {
        foreach (int place in places)
        {
            if (d.Operand(place).Kind == OperandKind.Integer && d.Immediate(place) is < 0 or > 255)
                throw d.Error($"{d.Immediate(place)} isn't between 0 and 255");
        }
    }

    private static LaneFunction Insert(InstructionDecoder d)
    {
        PtxType type = d.Type(PtxType.B32, PtxType.B64);
        d.Count(5);
        RequireByte(d, 3, 4);
        int bytes = type.Bytes(), bits = bytes * 8;
        LaneSlot to = new(d.Destination(0, type), bytes), field = new(d.Source(1, type), bytes), rest = new(d.Source(2, type), bytes);
        return new LaneFunction(to, [field, rest, new(d.Source(3, PtxType.U32), 4), new(d.Source(4, PtxType.U32), 4)], v =>
        {
            int start = (int)(v[2] & 255), length = Math.Min((int)(v[3] & 255), bits);
            if (start >= bits || length == 0)
                return v[1];
            ulong mask = (length == 64 ? ulong.MaxValue : (1UL << length) - 1) << start;
            return v[1] & ~mask | v[0] << start & mask;
        })
        { Moved = 2, Says = 255 };
    }

    private static LaneFunction BitMask(InstructionDecoder d)
    {
        bool clamp = d.Need("clamp", "wrap") == "clamp";
        d.Type(PtxType.B32);
        d.Count(3);
        return Lanes(d, PtxType.B32, (v, _) =>
        {
            ulong start = clamp ? Math.Min(v[0], 32) : v[0] & 31, length = clamp ? Math.Min(v[1], 32) : v[1] & 31;
            return ((1UL << (int)length) - 1) << (int)start;
        });
    }

    private static LaneFunction SignExtend(InstructionDecoder d)
    {
        bool clamp = d.Need("clamp", "wrap") == "clamp";
        PtxType type = d.Type(PtxType.U32, PtxType.S32);
        d.Count(3);
        return Lanes(d, type, (v, _) =>
        {
            int length = (int)(clamp ? Math.Min(v[1], 32) : v[1] & 31);
            if (length == 0)
                return 0;
            ulong cut = v[0] << 64 - length;
            return type.IsSigned() ? (ulong)((long)cut >> 64 - length) : cut >> 64 - length;
        });
    }

    private static LaneFunction Permute(InstructionDecoder d)
    {
        d.Type(PtxType.B32);
        string? mode = d.OneOf("f4e", "b4e", "rc8", "ecl", "ecr", "rc16");
        d.Count(4);
        return Lanes(d, PtxType.B32, (v, _) =>
        {
            ulong pool = v[1] << 32 | v[0], result = 0;
            for (int i = 0; i < 4; i++)
            {
                int pick = mode is null ? (int)(v[2] >> 4 * i & 15) : PermuteMode(mode, (int)(v[2] & 3), i);
                ulong piece = pool >> 8 * (pick & 7) & 255;
                if ((pick & 8) != 0)
                    piece = (piece & 128) != 0 ? 255u : 0u;
                result |= piece << 8 * i;
            }
            return result;
        }, moved: 2);
    }

    private static int PermuteMode(string mode, int control, int i) => mode switch
    {
        "f4e" => control + i,
        "b4e" => control - i & 7,
        "rc8" => control,
        "ecl" => Math.Max(control, i),
        "ecr" => Math.Min(control, i),
        _ => (control & 1) * 2 + (i & 1),
    };

    private static LaneFunction Dot(InstructionDecoder d, int parts)
    {
        bool high = parts == 2 && d.Need("lo", "hi") == "hi";
        PtxType left = d.Type(PtxType.U32, PtxType.S32), right = d.Type(PtxType.U32, PtxType.S32);
        d.Count(4);
        LaneSlot to = new(d.Destination(0, PtxType.U32), 4);
        LaneSlot[] from = [.. Enumerable.Range(1, 3).Select(i => new LaneSlot(d.PlainSource(i, PtxType.B32, mayBeNumber: true), 4))];
        int bytes = parts == 4 ? 1 : 2;
        return new LaneFunction(to, from, v =>
        {
            long sum = (int)v[2];
            for (int i = 0; i < parts; i++)
            {
                long a = Part(v[0], i, bytes, left.IsSigned()), b = Part(v[1], i + (high ? 2 : 0), 1, right.IsSigned());
                sum += a * b;
            }
            return (uint)sum;
        });

        static long Part(ulong value, int i, int bytes, bool signed)
        {
            ulong piece = value >> 8 * bytes * i & ((1UL << 8 * bytes) - 1);
            return signed ? IntegerOpcodes.Signed(piece, bytes) : (long)piece;
        }
    }

    private static LaneFunction FindNthSet(InstructionDecoder d)
    {
        d.Type(PtxType.B32);
        d.Count(4);
        LaneSlot to = new(d.Destination(0, PtxType.B32), 4);
        LaneSlot[] from = [new(d.Source(1, PtxType.B32), 4), new(d.Source(2, PtxType.B32), 4), new(d.Source(3, PtxType.S32), 4)];
        return new LaneFunction(to, from, v =>
        {
            int start = (int)v[1], offset = (int)v[2], step = offset < 0 ? -1 : 1, wanted = Math.Abs(offset);
            if (offset == 0)
                return start is >= 0 and < 32 && (v[0] >> start & 1) != 0 ? (ulong)start : uint.MaxValue;
            for (int at = start; at is >= 0 and < 32; at += step)
            {
                if ((v[0] >> at & 1) != 0 && --wanted == 0)
                    return (ulong)at;
            }
            return uint.MaxValue;
        });
    }
}
