using CogVideoX.Emulator.Decoding;

namespace CogVideoX.Emulator.Instructions;

/// <summary>Which modifiers cvt has for which types (PTX ISA 9.7.9.21), as ptxas 13 takes them.</summary>
internal static class ConversionForms
{
    private static readonly PtxType[] Narrow = [PtxType.F16, PtxType.BF16, PtxType.TF32];

    public static void Check(InstructionDecoder d, Conversion how, string? rounding)
    {
        bool toReal = how.To.IsFloat(), fromReal = how.From.IsFloat();
        if (!IsNumber(how.To) || !IsNumber(how.From))
            throw d.Error($"{how.From.Text()} can't be converted to {how.To.Text()}");
        if (how.Flush && how.To != PtxType.F32 && how.From != PtxType.F32)
            throw d.Error(".ftz belongs to .f32");
        if (how.To == PtxType.TF32 || how.From == PtxType.TF32)
            Tf32(d, how, rounding);
        else if (toReal && fromReal)
            Reals(d, how, rounding);
        else if (toReal || fromReal)
            Mixed(d, how, rounding);
        else
            Integers(d, how, rounding);
        if (how.Saturate && (how.To is PtxType.BF16 or PtxType.TF32 || how.From == PtxType.BF16 && !toReal))
            throw d.Error(".sat doesn't belong to .bf16 and .tf32");
        if (!how.IsFinite && !how.Relu)
            return;
        bool nearest = rounding is "rn" or "rz" || (rounding == "rna" && !how.Relu && how.To == PtxType.TF32);
        if (!Narrow.Contains(how.To) || how.From != PtxType.F32 || !nearest)
            throw d.Error(".satfinite and .relu belong to .rn and .rz from .f32 to .f16, .bf16 and .tf32");
    }

    private static bool IsNumber(PtxType type) => type.IsFloat() || type is >= PtxType.U8 and <= PtxType.S64;

    private static void Integers(InstructionDecoder d, Conversion how, string? rounding)
    {
        if (rounding is not null)
            throw d.Error("integers aren't rounded");
        bool holdsAll = how.To.Bytes() > how.From.Bytes() ? how.To.IsSigned() || !how.From.IsSigned() : how.To == how.From;
        if (how.Saturate && holdsAll)
            throw d.Error($".sat doesn't belong here: {how.To.Text()} holds every {how.From.Text()}");
    }

    private static void Mixed(InstructionDecoder d, Conversion how, string? rounding)
    {
        bool toReal = how.To.IsFloat(), fits = toReal ? rounding is "rn" or "rz" or "rm" or "rp"
            : rounding is "rni" or "rzi" or "rmi" or "rpi";
        if (!fits)
        {
            throw d.Error(toReal ? "an integer is made a number by .rn, .rz, .rm or .rp"
            : "a number is made an integer by .rni, .rzi, .rmi or .rpi");
        }
        PtxType real = toReal ? how.To : how.From, integer = toReal ? how.From : how.To;
        if (real == PtxType.BF16 && integer.Bytes() == 1)
            throw d.Error($"there is no conversion between .bf16 and {integer.Text()}");
    }

    private static void Reals(InstructionDecoder d, Conversion how, string? rounding)
    {
        bool halves = how.To.Bytes() == 2 && how.From.Bytes() == 2;
        if (how.To.Bytes() < how.From.Bytes())
        {
            if (rounding is not ("rn" or "rz" or "rm" or "rp"))
                throw d.Error("a rounding mode is missing: .rn, .rz, .rm or .rp");
        }
        else if (rounding is "rn" or "rz" or "rm" or "rp" && !(halves && how.To != how.From))
        {
            throw d.Error($"nothing is rounded from {how.From.Text()} to {how.To.Text()}");
        }
        if (rounding == "rna")
            throw d.Error(".rna belongs to .tf32");
        if (how.ToIntegral && how.To != how.From)
            throw d.Error("whole numbers are made of the same type, or of an integer's");
    }

    private static void Tf32(InstructionDecoder d, Conversion how, string? rounding)
    {
        if (how.To != PtxType.TF32 || how.From != PtxType.F32 || how.Flush || rounding is not ("rn" or "rz" or "rna"))
            throw d.Error("cvt to .tf32 is from .f32, by .rna, .rn or .rz");
    }

    public static void CheckPacked(InstructionDecoder d, Conversion how, string? rounding)
    {
        bool bytes = how.To is PtxType.E4M3x2 or PtxType.E5M2x2, fromBytes = how.From is PtxType.E4M3x2 or PtxType.E5M2x2;
        bool fits = bytes ? how.From is PtxType.F32 or PtxType.F16x2 : how.From == PtxType.F32 || fromBytes;
        if (!fits)
            throw d.Error($"{how.From.Text()} can't be converted to {how.To.Text()}");
        if (rounding != "rn" && !(rounding == "rz" && how.From == PtxType.F32 && !bytes))
            throw d.Error(bytes || fromBytes ? "this conversion is by .rn" : "a rounding mode is missing: .rn or .rz");
        if (bytes && !how.IsFinite)
            throw d.Error($"{how.To.Text()} wants .satfinite");
        if (fromBytes && how.IsFinite)
            throw d.Error(".satfinite doesn't belong here: the result holds every value");
        if (how.Flush || how.Saturate)
            throw d.Error(".ftz and .sat don't belong to packed conversions");
    }
}
