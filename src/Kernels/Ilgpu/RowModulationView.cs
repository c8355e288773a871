using System.Runtime.CompilerServices;

namespace CogVideoX.Kernels.Ilgpu;

/// <summary>The vectors of a <see cref="RowModulation"/> as kernels read them.</summary>
internal readonly struct RowModulationView
{
    private readonly AnyStored text, video;
    private readonly long batchStride, firstRow;
    private readonly int tokensPerBatch, textTokens;

    /// <param name="queue">Where it is launched.</param>
    /// <param name="modulation">The vectors, or none.</param>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="width">Numbers of a vector.</param>
    public RowModulationView(IlgpuQueue queue, RowModulation modulation, long rows, int width)
    {
        batchStride = modulation.BatchStride;
        firstRow = modulation.FirstRow;
        tokensPerBatch = Math.Max(1, modulation.TokensPerBatch);
        textTokens = modulation.TextTokens;
        long lastBatch = Math.Max(0, firstRow + rows - 1) / tokensPerBatch;
        text = new AnyStored(queue, modulation.Text, lastBatch * batchStride + width);
        video = new AnyStored(queue, modulation.Video, lastBatch * batchStride + width);
    }

    /// <summary>1 where there are none.</summary>
    public int IsNull => video.IsNull;

    /// <summary>Which vector is a row's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RowVector Of(long row)
    {
        long whole = firstRow + row, batch = whole <= int.MaxValue ? (int)whole / tokensPerBatch : whole / tokensPerBatch;
        return new RowVector(batch * batchStride, whole - batch * tokensPerBatch < textTokens ? 1 : 0);
    }

    /// <summary>A number of a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(RowVector vector, int column) => vector.IsText != 0 ? text.Of(vector.First + column) : video.Of(vector.First + column);
}

/// <summary>One of the vectors: found once for a row.</summary>
/// <param name="First">Where it begins.</param>
/// <param name="IsText">1 where it is a text token's.</param>
internal readonly record struct RowVector(long First, int IsText);
