using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines;

/// <summary>
/// What is asked of <see cref="TextToVideo"/>. What is null comes from the checkpoint: its <c>generation_config.json</c>, or what is
/// known of the released models, or its own configs.
/// </summary>
/// <param name="Prompt">What to show, in words.</param>
public sealed record GenerationRequest(string Prompt)
{
    /// <summary>What not to show. The empty text is what the models were trained to be steered away from.</summary>
    public string NegativePrompt { get; init; } = "";

    /// <summary>Where the noise begins. The same seed and settings give the same video, bit for bit.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>Pixels; a multiple of 16 for the released models.</summary>
    public int? Width { get; init; }

    /// <summary>Pixels; a multiple of 16 for the released models.</summary>
    public int? Height { get; init; }

    /// <summary>8·N + 1.</summary>
    public int? Frames { get; init; }

    /// <summary>Frames a second of the file; it doesn't change what is generated.</summary>
    public FrameRate? Rate { get; init; }

    /// <summary>How many times the transformer runs; 50 unless the checkpoint says otherwise.</summary>
    public int? Steps { get; init; }

    /// <summary>How strongly to follow the prompt; 1 turns guidance off, which halves the work.</summary>
    public double? GuidanceScale { get; init; }

    /// <summary>Guidance that varies over the steps, as the 5b models are used with.</summary>
    public bool? DynamicGuidance { get; init; }

    /// <summary>How noise is taken away.</summary>
    public SamplerKind? Sampler { get; init; }

    /// <summary>The type that noise is drawn in; the transformer's own if null.</summary>
    public NoiseDtype? Dtype { get; init; }

    /// <summary>Tokens that a prompt is padded or cut to; the transformer's largest if null.</summary>
    public int? MaxSequenceLength { get; init; }

    /// <summary>Whether to decode in tiles.</summary>
    public TilingMode VaeTiling { get; init; }

    /// <summary>A safetensors file with <c>latents</c> F32 [1, F, C, H, W] to begin from in place of seeded noise.</summary>
    public string? InitLatents { get; init; }

    /// <summary>A file for the latents as they stand before decoding; after a cancelled run, those of the last finished step.</summary>
    public string? SaveLatents { get; init; }

    /// <summary>A file for the prompt embeddings and the latents after each step.</summary>
    public string? Trace { get; init; }
}
