namespace CogVideoX.Kernels;

/// <summary>
/// A vector for each row of [B · tokens, N], from adaLN's modulation: one vector a batch for the text tokens, which come
/// first, and one for the video tokens (Peebles and Xie, arXiv 2212.09748; CogVideoX keeps an expert for each modality).
/// </summary>
/// <param name="text">The text vector of the first batch, N numbers.</param>
/// <param name="video">The video vector of the first batch, N numbers.</param>
/// <param name="batchStride">Elements from a batch's vectors to the next batch's.</param>
/// <param name="tokensPerBatch">Rows of a batch.</param>
/// <param name="textTokens">How many of them, from the first, are text.</param>
/// <param name="firstRow">Which row of all is row 0 here.</param>
internal readonly struct RowModulation(
    Elements text, Elements video, long batchStride, int tokensPerBatch, int textTokens, long firstRow = 0)
{
    /// <summary>True for <c>default</c>: no modulation.</summary>
    public bool IsNull => video.IsNull;

    /// <summary>The text vector of the first batch.</summary>
    public Elements Text => text;

    /// <summary>The video vector of the first batch.</summary>
    public Elements Video => video;

    /// <summary>Elements from a batch's vectors to the next batch's.</summary>
    public long BatchStride => batchStride;

    /// <summary>Rows of a batch.</summary>
    public int TokensPerBatch => tokensPerBatch;

    /// <summary>How many of them, from the first, are text.</summary>
    public int TextTokens => textTokens;

    /// <summary>Which row of all is row 0 here.</summary>
    public long FirstRow => firstRow;

    /// <summary>The vectors of the rows from <paramref name="row"/> on, which becomes row 0.</summary>
    public RowModulation From(long row) => new(text, video, batchStride, tokensPerBatch, textTokens, firstRow + row);

    /// <summary>The vector of a row.</summary>
    public Elements Of(long row)
    {
        long whole = firstRow + row;
        (long batch, long token) = whole <= int.MaxValue
            ? Math.DivRem((int)whole, tokensPerBatch) // several times as fast
            : Math.DivRem(whole, tokensPerBatch);
        return (token < textTokens ? text : video).Slice(batch * batchStride);
    }
}
