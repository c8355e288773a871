using CogVideoX.Tensors;

namespace CogVideoX.Models;

/// <summary>
/// What a model is told beside latents and time. The pipeline fills in what the task has; a model reads what it knows, and refuses the
/// rest by name. Letters: B batch, F latent frames, C channels, H W latent height and width, T text tokens.
/// </summary>
public sealed record Conditions
{
    /// <summary>[B, T, text width], from the text encoder, or none</summary>
    public Tensor Text { get; init; }

    /// <summary>[B, F, C, H, W]: the latents of a picture that the video begins with, or none</summary>
    public Tensor ImageLatents { get; init; }

    /// <summary>[B, 1, width]: a picture as an image encoder sees it, or none</summary>
    public Tensor ImageEmbedding { get; init; }

    /// <summary><c>ofs</c> of CogVideoX 1.5's image to video, or null.</summary>
    public double? Ofs { get; init; }

    /// <summary>Frames a second that the video is to have, or null.</summary>
    public double? FramesPerSecond { get; init; }

    /// <summary>How much is to move (Stable Video Diffusion's motion bucket), or null.</summary>
    public double? MotionBucket { get; init; }

    /// <summary>What is there.</summary>
    internal ConditionParts Given =>
        (Text.IsNone ? 0 : ConditionParts.Text)
        | (ImageLatents.IsNone ? 0 : ConditionParts.ImageLatents)
        | (ImageEmbedding.IsNone ? 0 : ConditionParts.ImageEmbedding)
        | (Ofs is null ? 0 : ConditionParts.Ofs)
        | (FramesPerSecond is null ? 0 : ConditionParts.FramesPerSecond)
        | (MotionBucket is null ? 0 : ConditionParts.MotionBucket);

    /// <summary>Called by a model: everything that it needs must be there, and nothing else.</summary>
    /// <param name="model">What the model is, with its article: <c>the CogVideoX transformer</c>.</param>
    /// <param name="needed">What it reads.</param>
    /// <exception cref="TensorException">Something is missing, or isn't known to the model.</exception>
    internal void Check(string model, ConditionParts needed)
    {
        if (Given == needed)
            return;
        string problem = (needed & ~Given) is var missing and not 0 ? $"{missing} is missing" : $"it doesn't know {Given & ~needed}";
        throw new TensorException($"The conditions don't fit {model}: {problem}. It is conditioned on {needed}.");
    }
}
