namespace CogVideoX.Ptx;

/// <summary>Sizes and classes of <see cref="PtxType"/> (PTX ISA 5.2).</summary>
public static class PtxTypes
{
    private static readonly Dictionary<string, PtxType> Names =
        Enum.GetValues<PtxType>().Where(t => t != PtxType.None).ToDictionary(t => t.ToString().ToLowerInvariant());

    public static bool TryParse(string name, out PtxType type) => Names.TryGetValue(name, out type);

    public static int Bytes(this PtxType type) => type switch
    {
        PtxType.B8 or PtxType.U8 or PtxType.S8 or PtxType.E4M3 or PtxType.E5M2 => 1,
        PtxType.B16 or PtxType.U16 or PtxType.S16 or PtxType.F16 or PtxType.BF16 or PtxType.E4M3x2 or PtxType.E5M2x2 => 2,
        PtxType.B64 or PtxType.U64 or PtxType.S64 or PtxType.F64 or PtxType.F32x2 => 8,
        PtxType.B128 => 16,
        PtxType.Pred or PtxType.None or PtxType.S4 or PtxType.U4 or PtxType.B1 => 0,
        _ => 4,
    };

    /// <summary>Bits of an element of a matrix.</summary>
    public static int MatrixBits(this PtxType type) =>
        type switch { PtxType.B1 => 1, PtxType.S4 or PtxType.U4 => 4, _ => type.Bytes() * 8 };

    /// <summary>Types of a matrix's elements only: no register or variable has them.</summary>
    public static bool IsSubByte(this PtxType type) => type is PtxType.S4 or PtxType.U4 or PtxType.B1;

    /// <summary>Whether registers and variables may have it (PTX ISA 5.2): the others only say how an instruction reads bits.</summary>
    public static bool IsDeclarable(this PtxType type) => type is PtxType.Pred or (>= PtxType.B8 and <= PtxType.S64)
        or PtxType.F16 or PtxType.F16x2 or PtxType.F32 or PtxType.F64;

    public static bool IsSigned(this PtxType type) => type is PtxType.S8 or PtxType.S16 or PtxType.S32 or PtxType.S64;

    public static bool IsFloat(this PtxType type) => type is PtxType.F16 or PtxType.BF16 or PtxType.F32 or PtxType.F64 or PtxType.TF32;

    public static string Text(this PtxType type) => "." + type.ToString().ToLowerInvariant();
}
