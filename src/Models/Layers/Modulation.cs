using CogVideoX.Tensors;

namespace CogVideoX.Models.Layers;

/// <summary>
/// What an adaptive layer norm predicts from the time embedding: shift, scale and gate for the video tokens, then for the text
/// tokens (the two experts of arXiv 2408.06072, section 2.2).
/// </summary>
/// <param name="Vectors">[B, 6·D]</param>
/// <param name="TextTokens">T: the first tokens of a sequence are text.</param>
internal readonly record struct Modulation(Tensor Vectors, int TextTokens)
{
    // Which sixth of the vectors is what.
    public const int VideoShift = 0, VideoScale = 1, VideoGate = 2, TextShift = 3, TextScale = 4, TextGate = 5;
}
