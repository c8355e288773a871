using System.Runtime.CompilerServices;

namespace CogVideoX.Kernels.Ilgpu;

/// <summary>The vectors of a <see cref="RowModulation"/> as kernels read them.</summary>
internal readonly struct RowVectors
{
    private readonly AnyNumbers text;
    private readonly AnyNumbers video;
    private readonly long batchStride;
    private readonly int firstRow;
    private readonly int tokensPerBatch;
    private readonly int textTokens;

    /// <param name="queue">Where the kernel is launched.</param>
    /// <param name="modulation">The vectors, or none.</param>
    /// <param name="rows">How many rows there are; at least one.</param>
    /// <param name="width">Numbers of a vector.</param>
    /// <exception cref="NotSupportedException">Text and video have different formats, or one that the kernels lack.</exception>
    public RowVectors(IlgpuQueue queue, RowModulation modulation, long rows, int width)
    {
        if (modulation.IsNull)
            return;
        batchStride = modulation.BatchStride;
        firstRow = checked((int)modulation.FirstRow);
        tokensPerBatch = modulation.TokensPerBatch;
        textTokens = modulation.TextTokens;
        // As many rows as a launch may have groups: so a kernel divides 32 bits, without a call.
        long count = checked((int)(firstRow + rows - 1)) / tokensPerBatch * batchStride + width;
        text = new AnyNumbers(queue, modulation.Text, count);
        video = new AnyNumbers(queue, modulation.Video, count);
        if (!text.IsAlike(video))
        {
            throw new NotSupportedException(
                $"The portable kernels have no vectors in {modulation.Text.Format} beside {modulation.Video.Format}.");
        }
    }

    /// <summary>Whether there are none.</summary>
    public bool IsNull => video.IsNull;

    /// <summary>The vector of a row: found once for all of its numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RowVector Of(long row)
    {
        int whole = firstRow + (int)row, batch = (int)((uint)whole / (uint)tokensPerBatch);
        return new RowVector(AnyNumbers.Choose(whole - batch * tokensPerBatch < textTokens, text, video), batch * batchStride);
    }
}

/// <summary>The vector of one row.</summary>
internal readonly struct RowVector(AnyNumbers numbers, long first)
{
    private readonly AnyNumbers numbers = numbers;
    private readonly long first = first;

    /// <summary>A number of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float One(long column) => numbers.One(first + column);

    /// <summary>A pack of it.</summary>
    public Quad Read<TPack>(long column) where TPack : unmanaged, IPack<TPack> => default(TPack).Read(numbers, first + column);
}
