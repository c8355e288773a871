using CogVideoX.Emulator.Decoding;

namespace CogVideoX.Emulator.Instructions;

/// <summary>Which modifiers floating-point instructions have for which types (PTX ISA 9.7.3–9.7.5), as ptxas 13 takes them.</summary>
internal static class FloatForms
{
    /// <summary>Numbers below the normal ones are flushed to zero in .f32 and halves, not in .f64 and .bf16.</summary>
    public static void CheckFlush(InstructionDecoder d, PtxType type, bool flush)
    {
        if (flush && type is PtxType.F64 or PtxType.BF16 or PtxType.BF16x2)
            throw d.Error($".ftz doesn't go with {type.Text()}");
    }

    /// <summary>Sums, products and quotients.</summary>
    public static void Check(InstructionDecoder d, PtxType type, bool rounds, bool flush, bool saturate, bool relu)
    {
        string name = d.Syntax.Opcode;
        bool half = type is PtxType.F16 or PtxType.F16x2 or PtxType.BF16 or PtxType.BF16x2, brain = type is PtxType.BF16 or PtxType.BF16x2;
        if (relu && (name != "fma" || !half || saturate))
            throw d.Error(".relu belongs to fma of halves, without .sat");
        if (saturate && (name == "div" || type == PtxType.F64 || brain))
            throw d.Error($".sat doesn't belong to {name} of {type.Text()}");
        if (flush && (type == PtxType.F64 || brain))
            throw d.Error($".ftz doesn't belong to {type.Text()}");
        if (name is "div" or "mad" && half)
            throw d.Error($"{name} has no {type.Text()}");
        bool needs = name is "fma" || (name is "div" or "mad" && !half);
        if (needs && !rounds)
            throw d.Error($"{name} needs a rounding mode{(name == "div" && type == PtxType.F32 ? ", .approx or .full" : "")}");
    }

    /// <summary>rcp, sqrt and the transcendental ones.</summary>
    public static void CheckElementary(InstructionDecoder d, string name, PtxType type, bool approximate, bool rounds, bool flush)
    {
        bool half = type is PtxType.F16 or PtxType.F16x2 or PtxType.BF16 or PtxType.BF16x2, brain = type is PtxType.BF16 or PtxType.BF16x2;
        bool exact = name is "rcp" or "sqrt";
        bool fits = name switch
        {
            "ex2" or "tanh" => type != PtxType.F64,
            "rcp" or "sqrt" or "rsqrt" => !half,
            _ => type == PtxType.F32,
        };
        if (!fits)
            throw d.Error($"{name} has no {type.Text()}");
        if (approximate == rounds || (rounds && !exact))
        {
            throw d.Error(exact ? $"{name} needs a rounding mode or .approx"
            : $"{name} needs .approx");
        }
        if (type == PtxType.F64 && approximate && (name == "sqrt" || (name == "rcp" && !flush)))
            throw d.Error(name == "sqrt" ? "sqrt.f64 isn't approximate" : "rcp.approx.f64 wants .ftz");
        if (type == PtxType.F64 && flush && !approximate)
            throw d.Error(".ftz doesn't belong to .f64");
        if (name == "tanh" && flush)
            throw d.Error("tanh has no .ftz");
        if (name == "ex2" && brain && !flush)
            throw d.Error($"ex2 of {type.Text()} wants .ftz");
    }
}
