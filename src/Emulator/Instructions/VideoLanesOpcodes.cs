using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>Video instructions on two halves or four bytes (PTX ISA 9.7.19.2–3).</summary>
internal static class VideoLanesOpcodes
{
    public static void AddTo(Dictionary<string, Func<InstructionDecoder, Instruction>> all)
    {
        foreach (string name in (string[])["vadd", "vsub", "vavrg", "vabsdiff", "vmin", "vmax", "vset"])
        {
            all[name + "2"] = d => Lanes(d, name, 2);
            all[name + "4"] = d => Lanes(d, name, 4);
        }
    }

    private static LaneFunction Lanes(InstructionDecoder d, string name, int count)
    {
        bool sets = name == "vset";
        string? question = sets ? d.Need("eq", "ne", "lt", "le", "gt", "ge") : null;
        bool accumulates = d.Flag("add"), saturate = !accumulates && !sets && d.Flag("sat");
        PtxType result = sets ? PtxType.U32 : VideoOpcodes.Type(d), left = VideoOpcodes.Type(d), right = VideoOpcodes.Type(d);
        d.Count(4);
        int[] lanesA = Selected(d, d.Operand(1).Selector, count, 0), lanesB = Selected(d, d.Operand(2).Selector, count, count);
        bool[] mask = Mask(d, d.Operand(0).Selector, count);
        LaneSlot to = new(d.DestinationPart(0), 4);
        LaneSlot[] from = [new(d.SourcePart(1), 4), new(d.SourcePart(2), 4), new(d.Source(3, PtxType.B32), 4)];
        int bits = 32 / count;
        return new LaneFunction(to, from, v =>
        {
            ulong pool = v[1] << 32 | v[0], sum = v[2], merged = 0, all = (1UL << bits) - 1;
            for (int i = 0; i < count; i++)
            {
                long a = Extract(pool, lanesA[i], bits, left.IsSigned()), b = Extract(pool, lanesB[i], bits, right.IsSigned());
                long value = question is null ? VideoOpcodes.Compute(name, a, b) : VideoOpcodes.Asks(question, a, b) ? 1 : 0;
                if (saturate)
                    value = VideoOpcodes.Clamp(value, bits, result.IsSigned());
                if (mask[i])
                    sum += (ulong)value;
                merged |= ((mask[i] ? (ulong)value : v[2] >> i * bits) & all) << i * bits;
            }
            return accumulates ? (uint)sum : merged;
        });
    }

    private static long Extract(ulong pool, int lane, int bits, bool signed)
    {
        ulong raw = pool >> lane * bits & (1UL << bits) - 1;
        return signed ? (long)(raw << 64 - bits) >> 64 - bits : (long)raw;
    }

    /// <summary>.h32 or .b7654: which lanes of {b, a} are taken, the highest first.</summary>
    private static int[] Selected(InstructionDecoder d, string? selector, int count, int first)
    {
        if (selector is null)
            return [.. Enumerable.Range(first, count)];
        char letter = count == 2 ? 'h' : 'b';
        if (selector[0] != letter || selector.Length != count + 1 || selector[1..].Any(c => c < '0' || c >= '0' + 2 * count))
            throw d.Error($"'.{selector}' doesn't pick {count} lanes: it is .{letter} and {count} digits up to {2 * count - 1}");
        return [.. selector[1..].Reverse().Select(c => c - '0')];
    }

    /// <summary>.h10, .b3210 and their subsets: the lanes that are written.</summary>
    private static bool[] Mask(InstructionDecoder d, string? selector, int count)
    {
        var mask = new bool[count];
        if (selector is null)
        {
            Array.Fill(mask, true);
        }
        else
        {
            bool falls = selector.Skip(1).Zip(selector.Skip(2)).All(p => p.First > p.Second);
            if (selector[0] != (count == 2 ? 'h' : 'b') || selector.Length < 2 || !falls || selector[1] >= '0' + count)
                throw d.Error($"'.{selector}' isn't a mask of {count} lanes");
            foreach (char lane in selector[1..])
                mask[lane - '0'] = true;
        }
        return mask;
    }
}
