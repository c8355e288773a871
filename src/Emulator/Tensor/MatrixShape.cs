namespace CogVideoX.Emulator.Tensor;

/// <summary>K and types of D = A·B + C of a matrix instruction.</summary>
internal sealed record MatrixShape(int K, PtxType D, PtxType A, PtxType B, PtxType C, bool Saturate)
{
    public bool IsInteger => A is PtxType.S8 or PtxType.U8;

    public int ElementBytes => A switch { PtxType.TF32 => 4, PtxType.F16 or PtxType.BF16 => 2, _ => 1 };
}
