namespace CogVideoX.Kernels.MachineCode;

/// <summary>
/// How products of bf16 are computed on a processor: the tallest tile of two vectors, which fourteen sums or more keep busy (an instruction
/// for pairs takes six cycles, and two begin in each).
/// </summary>
/// <param name="Arithmetic">By which instruction. The bits are the same.</param>
/// <param name="VectorBytes">64 or 32.</param>
internal readonly record struct PairTiles(TileArithmetic Arithmetic, int VectorBytes)
{
    /// <summary>Vectors of columns of a tile.</summary>
    public const int Vectors = 2;

    /// <summary>Elements of a pair: of these the depth of a product has whole ones, and the last is filled up with a zero.</summary>
    public const int PairElements = 2;

    private const int TallRows = 14, LowRows = 6;

    /// <summary>The fastest that there is here.</summary>
    /// <exception cref="NotSupportedException">This processor has no fused multiply-add.</exception>
    public static PairTiles Here
    {
        get
        {
            CpuFeatures features = CpuFeatures.Detected;
            return features.Avx512Bf16 ? new PairTiles(TileArithmetic.Bf16, 64)
                : features.Avx512 ? new PairTiles(TileArithmetic.Bf16Widened, 64)
                : features.Fma ? new PairTiles(TileArithmetic.Bf16Widened, 32)
                : throw new NotSupportedException($"Products of bf16 take an x64 processor with AVX2 and FMA; this one has {features}.");
        }
    }

    /// <summary>Whether there are any here.</summary>
    public static bool AreHere => CpuFeatures.Detected.Fma;

    /// <summary>Rows of the tallest tile.</summary>
    public int MostRows => VectorBytes == 64 ? TallRows : LowRows;

    /// <summary>Columns of a tile.</summary>
    public int Columns => Vectors * VectorBytes / sizeof(float);

    /// <summary>Bytes of a pair of the left factor: as bf16, or as two floats that bf16 holds.</summary>
    public int StepBytes => Arithmetic == TileArithmetic.Bf16 ? sizeof(uint) : 2 * sizeof(float);

    /// <summary>Pairs of a depth.</summary>
    public static int Steps(int depth) => LinearGrid.Parts(depth, PairElements);

    /// <summary>
    /// From a row of the left factor to the next. Never a multiple of a page: the rows of a tile would share one set of the first-level
    /// cache.
    /// </summary>
    public int RowBytes(int depth)
    {
        const int Line = 64;
        return LinearGrid.RoundUp(Steps(depth) * StepBytes, Line) + Line;
    }

    /// <summary>A tile whose left factor has rows side by side in memory.</summary>
    /// <param name="rows">Up to <see cref="MostRows"/>.</param>
    /// <param name="rowBytes">From a row of the left factor to the next.</param>
    /// <param name="resultBytes">From a row of the result to the next.</param>
    /// <param name="segmented">As <see cref="TileForm.Segmented"/>.</param>
    public TileForm Form(int rows, int rowBytes, int resultBytes, bool segmented = false) =>
        new(Arithmetic, VectorBytes, rows, Vectors, rowBytes, StepBytes, resultBytes, segmented);
}
