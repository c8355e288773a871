namespace CogVideoX.Ptx;

/// <summary>Fundamental and packed types (PTX ISA 5.2).</summary>
public enum PtxType
{
    None, Pred,
    B8, B16, B32, B64, B128,
    U8, U16, U32, U64,
    S8, S16, S32, S64,
    F16, F16x2, BF16, BF16x2, TF32, F32, F32x2, F64,
    E4M3, E5M2, E4M3x2, E5M2x2,
    U16x2, S16x2,
    S4, U4, B1,
}
