namespace CogVideoX.Pipelines;

/// <summary>
/// Names of stages, as progress, plans, times and errors give them. A task may have others: these are what text to video consists of.
/// </summary>
public static class GenerationStage
{
    /// <summary>Prompts to embeddings, by the text encoder; where a video alone is encoded, frames to latents, by the VAE.</summary>
    public const string Encode = "encode";

    /// <summary>A picture to latents, by the VAE (image to video).</summary>
    public const string Image = "image";

    /// <summary>A video to latents, by the VAE (video to video).</summary>
    public const string Video = "video";

    /// <summary>Noise to latents, by the transformer.</summary>
    public const string Sample = "sample";

    /// <summary>Latents to frames, by the VAE.</summary>
    public const string Decode = "decode";
}
