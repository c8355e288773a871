namespace CogVideoX.Kernels.Ilgpu;

/// <summary>The vectors of a <see cref="RowModulation"/> as kernels read them, in packs.</summary>
internal readonly struct PackedRowVectors
{
    private readonly AnyNumbers text;
    private readonly AnyNumbers video;
    private readonly long batchStride;
    private readonly long firstRow;
    private readonly int tokensPerBatch;
    private readonly int textTokens;

    /// <param name="queue">Where the kernel is launched.</param>
    /// <param name="modulation">The vectors, or none.</param>
    /// <param name="rows">How many rows there are; at least one.</param>
    /// <param name="width">Numbers of a vector.</param>
    public PackedRowVectors(IlgpuQueue queue, RowModulation modulation, long rows, int width)
    {
        if (modulation.IsNull)
            return;
        batchStride = modulation.BatchStride;
        firstRow = modulation.FirstRow;
        tokensPerBatch = modulation.TokensPerBatch;
        textTokens = modulation.TextTokens;
        long count = (firstRow + rows - 1) / tokensPerBatch * batchStride + width;
        text = new AnyNumbers(queue, modulation.Text, count);
        video = new AnyNumbers(queue, modulation.Video, count);
    }

    /// <summary>Whether there are none.</summary>
    public bool IsNull => video.IsNull;

    /// <summary>The vector of a row: found once for all of its numbers.</summary>
    public PackedRowVector Of(long row)
    {
        long whole = firstRow + row, batch = Division.Quotient(whole, tokensPerBatch);
        return new PackedRowVector(whole - batch * tokensPerBatch < textTokens ? text : video, batch * batchStride);
    }
}

/// <summary>The vector of one row.</summary>
internal readonly struct PackedRowVector(AnyNumbers numbers, long first)
{
    private readonly AnyNumbers numbers = numbers;
    private readonly long first = first;

    /// <summary>A pack of it.</summary>
    public Quad Read<TPack>(long column) where TPack : unmanaged, IPack<TPack> => default(TPack).Read(numbers, first + column);
}
