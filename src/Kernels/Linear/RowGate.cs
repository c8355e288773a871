namespace CogVideoX.Kernels;

/// <summary>
/// A vector for each row of [B · tokens, N], from adaLN's modulation: one vector a batch for the text tokens, which come
/// first, and one for the video tokens (Peebles and Xie, arXiv 2212.09748; CogVideoX keeps an expert for each modality).
/// </summary>
/// <param name="text">The text vector of the first batch, N floats.</param>
/// <param name="video">The video vector of the first batch, N floats.</param>
/// <param name="batchStride">Elements from a batch's vectors to the next batch's.</param>
/// <param name="tokensPerBatch">Rows of a batch.</param>
/// <param name="textTokens">How many of them, from the first, are text.</param>
public readonly unsafe struct RowGate(float* text, float* video, long batchStride, int tokensPerBatch, int textTokens)
{
    /// <summary>True for <c>default</c>: no modulation.</summary>
    public bool IsNull => video is null;

    /// <summary>The vector of a row.</summary>
    public float* Of(int row)
    {
        int batch = Math.DivRem(row, tokensPerBatch, out int token);
        return (token < textTokens ? text : video) + batch * batchStride;
    }
}
