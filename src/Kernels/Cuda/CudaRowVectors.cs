namespace CogVideoX.Kernels.Cuda;

/// <summary>The vectors of a <see cref="RowModulation"/> as kernels of our compiler read them.</summary>
/// <typeparam name="TNumbers">How they are stored.</typeparam>
internal readonly struct CudaRowVectors<TNumbers>(RowModulation modulation) where TNumbers : unmanaged, ICudaNumbers<TNumbers>
{
    private readonly TNumbers text = TNumbers.Of(modulation.Text), video = TNumbers.Of(modulation.Video);
    private readonly long batchStride = modulation.BatchStride, firstRow = modulation.FirstRow;
    private readonly int tokensPerBatch = modulation.TokensPerBatch, textTokens = modulation.TextTokens;

    /// <summary>Whether there are none.</summary>
    public bool IsNull => video.IsNull;

    /// <summary>The vector of a row.</summary>
    /// <param name="row">Less than 2³¹ together with the modulation's first.</param>
    /// <param name="first">Where it begins.</param>
    public TNumbers Of(int row, out long first)
    {
        uint whole = (uint)(firstRow + row), batch = whole / (uint)tokensPerBatch;
        first = batch * batchStride;
        return whole - batch * (uint)tokensPerBatch < (uint)textTokens ? text : video;
    }
}
