using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels.MachineCode;

/// <summary>
/// How products are computed on this processor by micro-kernels of <see cref="TileCode"/>. With 32 registers a tile has so many sums that
/// both of the processor's multipliers are always busy: fourteen or more for an instruction that takes six cycles.
/// </summary>
/// <param name="Arithmetic">By which instruction.</param>
/// <param name="VectorBytes">64 or 32.</param>
/// <param name="MostRows">Rows of the tallest tile.</param>
/// <param name="Vectors">Vectors of columns of a tile.</param>
internal readonly record struct CpuTiles(TileArithmetic Arithmetic, int VectorBytes, int MostRows, int Vectors)
{
    /// <summary>Elements of a pair: of these the depth has whole ones, which are filled up with zeros.</summary>
    public const int PairElements = 2;

    /// <summary>Whether there are any here.</summary>
    public static bool AreHere => CpuFeatures.Detected.Fma;

    /// <summary>The fastest for bf16.</summary>
    /// <exception cref="NotSupportedException">This processor has no fused multiply-add.</exception>
    public static CpuTiles Bf16
    {
        get
        {
            CpuFeatures features = CpuFeatures.Detected;
            return !features.Fma
                ? throw new NotSupportedException($"Products of bf16 take an x64 processor with AVX2 and FMA; this one has {features}.")
                : Of(features.Avx512Bf16 ? TileArithmetic.Bf16 : TileArithmetic.Bf16Widened);
        }
    }

    /// <summary>The fastest for bf16 as AMX adds it.</summary>
    /// <exception cref="NotSupportedException">This processor has no fused multiply-add.</exception>
    public static CpuTiles Bf16Amx
    {
        get
        {
            CpuFeatures features = CpuFeatures.Detected;
            return features.AmxBf16 ? new CpuTiles(TileArithmetic.Amx, 64, AmxTileCode.MostRows, 2)
                : features.Avx512 ? new CpuTiles(TileArithmetic.AmxWidened, 64, 4, 2)
                : Bf16 with { Arithmetic = TileArithmetic.AmxWidened, MostRows = 2 };
        }
    }

    /// <summary>For what a kind of device multiplies, with two vectors of columns.</summary>
    /// <exception cref="NotSupportedException">This processor has none.</exception>
    public static CpuTiles For(DeviceKind kind) => kind switch
    {
        DeviceKind.CpuBf16 => Bf16,
        DeviceKind.CpuBf16Amx => Bf16Amx,
        _ => Of(TileArithmetic.Fp32),
    };

    /// <summary>For fp32, where rows of the left factor lie side by side at any distance from each other.</summary>
    /// <param name="byPairs">Whether the right factor comes as pairs of bf16.</param>
    public static CpuTiles Fp32(bool byPairs)
    {
        // Three vectors take fewer rows, which is what keeps rows that lie whole pages apart in a first-level cache.
        CpuTiles tiles = Of(byPairs ? TileArithmetic.Fp32ByPairs : TileArithmetic.Fp32);
        return tiles.VectorBytes == 64 ? tiles with { MostRows = 8, Vectors = 3 } : tiles;
    }

    /// <summary>Two vectors of columns, and as many rows as fit.</summary>
    public static CpuTiles Of(TileArithmetic arithmetic) => CpuFeatures.Detected.Avx512
        ? new CpuTiles(arithmetic, 64, 14, 2)
        : new CpuTiles(arithmetic, 32, 6, 2);

    /// <summary>Columns of a tile.</summary>
    public int Columns => Vectors * VectorBytes / sizeof(float);

    /// <summary>Whether the right factor is pairs of bf16.</summary>
    public bool IsByPairs => Arithmetic != TileArithmetic.Fp32;

    /// <summary>Whether the left factor is rounded to bf16.</summary>
    public bool IsRounded => Arithmetic >= TileArithmetic.Bf16;

    /// <summary>Whether the left factor comes as floats.</summary>
    public bool IsWidened => Arithmetic is TileArithmetic.Bf16Widened or TileArithmetic.AmxWidened;

    /// <summary>Elements of a step.</summary>
    public int StepElements => IsByPairs ? PairElements : 1;

    /// <summary>Bytes of a step of the left factor: a float, a pair of floats, or a pair of bf16.</summary>
    public int StepBytes => IsWidened || Arithmetic == TileArithmetic.Fp32ByPairs ? 2 * sizeof(float) : sizeof(float);

    /// <summary>Steps of a depth: whole blocks for AMX.</summary>
    public int Steps(int depth)
    {
        int steps = LinearGrid.Parts(depth, StepElements);
        return Arithmetic >= TileArithmetic.Amx ? LinearGrid.RoundUp(steps, TileForm.AmxSteps) : steps;
    }

    /// <summary>
    /// From a row of a left factor that is made for tiles to the next. Never a multiple of a page: the rows of a tile would share one set
    /// of the first-level cache.
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
