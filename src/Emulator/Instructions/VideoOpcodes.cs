using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>Scalar video instructions (PTX ISA 9.7.19.1): parts of registers, saturation, a second operation or a merge.</summary>
internal static class VideoOpcodes
{
    private static readonly string[] Comparisons = ["eq", "ne", "lt", "le", "gt", "ge"];

    public static void AddTo(Dictionary<string, Func<InstructionDecoder, Instruction>> all)
    {
        foreach (string name in (string[])["vadd", "vsub", "vabsdiff", "vmin", "vmax", "vshl", "vshr", "vset"])
        {
            all[name] = d =>
            Scalar(d, name);
        }
        all["vmad"] = d => throw d.Unsupported("vmad isn't covered");
        VideoLanesOpcodes.AddTo(all);
    }

    private static LaneFunction Scalar(InstructionDecoder d, string name)
    {
        bool shifts = name is "vshl" or "vshr", sets = name == "vset";
        string? question = sets ? d.Need(Comparisons) : null;
        string? second = d.OneOf("add", "min", "max"), mode = shifts ? d.Need("clamp", "wrap") : null;
        bool saturate = !sets && d.Flag("sat");
        PtxType result = sets ? PtxType.U32 : Type(d), left = Type(d), right = shifts ? d.Type(PtxType.U32) : Type(d);
        string? part = d.Operand(0).Selector;
        bool merges = part is not null;
        if (merges && second is not null)
            throw d.Error("a second operation and a part of the result don't go together");
        d.Count(merges || second is not null ? 4 : 3, 4);
        LaneSlot to = Slot(d.DestinationPart(0)), a = Slot(d.SourcePart(1)), b = Slot(d.SourcePart(2));
        LaneSlot[] from = d.Operands.Count > 3 ? [a, b, Slot(d.Source(3, PtxType.B32))] : [a, b];
        Part at = Part.Of(d, part), partA = Part.Of(d, d.Operand(1).Selector), partB = Part.Of(d, d.Operand(2).Selector);
        return new LaneFunction(to, from, v =>
        {
            long x = partA.Extract(v[0], left.IsSigned()), y = partB.Extract(v[1], right.IsSigned());
            if (shifts)
                y = mode == "clamp" ? Math.Min(y, 32) : y & 31;
            long value = question is null ? Compute(name, x, y) : Asks(question, x, y) ? 1 : 0;
            if (saturate)
                value = Clamp(value, at.Bits, result.IsSigned());
            if (second is not null)
                value = Second(second, value, result.IsSigned() ? (int)v[2] : (long)v[2], result.IsSigned());
            return merges ? at.Merge(value, v[2]) : (uint)value;
        });
        static LaneSlot Slot(int slot) => new(slot, 4);
    }

    public static PtxType Type(InstructionDecoder d) => d.Type(PtxType.U32, PtxType.S32);

    public static long Compute(string name, long a, long b) => name.TrimEnd('2', '4') switch
    {
        "vadd" => a + b,
        "vsub" => a - b,
        "vabsdiff" => Math.Abs(a - b),
        "vmin" => Math.Min(a, b),
        "vmax" => Math.Max(a, b),
        "vavrg" => a + b >= 0 ? a + b + 1 >> 1 : a + b >> 1,
        "vshl" => a << (int)b,
        _ => a >> (int)b,
    };

    public static bool Asks(string question, long a, long b) => question switch
    {
        "eq" => a == b,
        "ne" => a != b,
        "lt" => a < b,
        "le" => a <= b,
        "gt" => a > b,
        _ => a >= b,
    };

    public static long Clamp(long value, int bits, bool signed) =>
        signed ? Math.Clamp(value, -(1L << bits - 1), (1L << bits - 1) - 1) : Math.Clamp(value, 0, (1L << bits) - 1);

    private static long Second(string name, long value, long c, bool signed)
    {
        long word = signed ? (int)value : (uint)value;
        return name switch { "add" => word + c, "min" => Math.Min(word, c), _ => Math.Max(word, c) };
    }

    /// <summary>A byte, a half or all of a register.</summary>
    private readonly record struct Part(int Shift, int Bits)
    {
        public static Part Of(InstructionDecoder d, string? selector) => selector switch
        {
            null => new Part(0, 32),
            "b0" or "b1" or "b2" or "b3" => new Part((selector[1] - '0') * 8, 8),
            "h0" or "h1" => new Part((selector[1] - '0') * 16, 16),
            _ => throw d.Error($"'.{selector}' isn't a part of a register here"),
        };

        public long Extract(ulong word, bool signed)
        {
            long raw = (long)(word >> Shift & (1UL << Bits) - 1);
            return signed ? raw << 64 - Bits >> 64 - Bits : raw;
        }

        public ulong Merge(long value, ulong rest)
        {
            ulong mask = (1UL << Bits) - 1 << Shift;
            return rest & ~mask | (ulong)value << Shift & mask;
        }
    }
}
