using CogVideoX.Emulator.Numerics;

namespace CogVideoX.Emulator.Tensor;

/// <summary>Types of D = A·B + C, and how it is computed.</summary>
/// <param name="IsExclusive">.xor.popc of single bits instead of .and.popc</param>
internal sealed record MatrixTypes(PtxType D, PtxType A, PtxType B, PtxType C, bool Saturate = false, bool IsExclusive = false)
{
    public RoundingMode Rounding { get; init; }

    public bool IsDouble => A == PtxType.F64;

    public bool IsInteger => A is PtxType.S8 or PtxType.U8 or PtxType.S4 or PtxType.U4 or PtxType.B1;

    public bool IsFloat => !IsDouble && !IsInteger;
}
