namespace CogVideoX.Kernels;

/// <summary>
/// Shifts and scales for the rows of a joint sequence: one pair of vectors for its text tokens, which come first, and one for
/// the others. <c>default</c> is none.
/// </summary>
/// <param name="vectors">[B, chunks, width]</param>
/// <param name="chunks">How many vectors a batch item has.</param>
/// <param name="sequence">Rows of one batch item.</param>
/// <param name="textTokens">How many of them are text.</param>
/// <param name="text">Chunk numbers of the text's shift and scale.</param>
/// <param name="video">Chunk numbers of the other rows' shift and scale.</param>
public readonly unsafe struct RowModulation(
    float* vectors, int chunks, int sequence, int textTokens, (int Shift, int Scale) text, (int Shift, int Scale) video)
{
    /// <summary>True where rows are neither shifted nor scaled.</summary>
    public bool IsNone => vectors is null;

    /// <summary>The shift of a row.</summary>
    public float* Shift(long row, int width) => Vector(row, width, IsText(row) ? text.Shift : video.Shift);

    /// <summary>The scale of a row; 1 is added to it.</summary>
    public float* Scale(long row, int width) => Vector(row, width, IsText(row) ? text.Scale : video.Scale);

    private bool IsText(long row) => row % sequence < textTokens;

    private float* Vector(long row, int width, int chunk) => vectors + (row / sequence * chunks + chunk) * width;
}
