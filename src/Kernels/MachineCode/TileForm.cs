namespace CogVideoX.Kernels.MachineCode;

/// <summary>
/// A micro-kernel to generate: a tile of the result stays in registers while both factors stream past it. Sizes and distances are part of
/// its code.
/// </summary>
/// <param name="Arithmetic">What it multiplies.</param>
/// <param name="VectorBytes">64 with AVX-512, 32 with AVX2.</param>
/// <param name="Rows">Rows of a tile, at least 1.</param>
/// <param name="Vectors">Vectors of columns, at least 1.</param>
/// <param name="RowBytes">From a row of the left factor to the next.</param>
/// <param name="StepBytes">From a step of the left factor to the next: of an element, or of a pair.</param>
/// <param name="ResultBytes">From a row of the result to the next.</param>
/// <param name="Segmented">
/// Whether the depth consists of segments, each of which begins in the left factor where a list says: taps of a convolution.
/// </param>
internal readonly record struct TileForm(
    TileArithmetic Arithmetic, int VectorBytes, int Rows, int Vectors, int RowBytes, int StepBytes, int ResultBytes, bool Segmented)
{
    /// <summary>Numbers of the result in a vector.</summary>
    public int Lanes => VectorBytes / sizeof(float);

    /// <summary>Columns of a tile.</summary>
    public int Columns => Vectors * Lanes;

    /// <summary>Steps of which a depth has whole ones: AMX sums so many pairs apart, before they are added to what was there.</summary>
    public const int AmxSteps = 16;

    /// <summary>Registers of that width.</summary>
    public int Registers => VectorBytes == 64 ? 32 : 16;

    /// <summary>What its instructions need.</summary>
    public CpuFeatures Needs => new(
        true, VectorBytes == 64, Arithmetic == TileArithmetic.Bf16, Arithmetic == TileArithmetic.Amx);
}
