namespace CogVideoX.Pipelines;

/// <summary>The parts of a run, in order.</summary>
public enum GenerationStage
{
    /// <summary>Prompts to embeddings, by the text encoder.</summary>
    Encode,

    /// <summary>Noise to latents, by the transformer.</summary>
    Sample,

    /// <summary>Latents to frames, by the VAE.</summary>
    Decode,
}
