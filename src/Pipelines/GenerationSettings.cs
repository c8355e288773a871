using System.Text.Json.Nodes;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines;

/// <summary>A request with everything decided: what a run does, and what goes into the file's metadata.</summary>
public sealed record GenerationSettings
{
    /// <inheritdoc cref="GenerationRequest.Prompt"/>
    public required string Prompt { get; init; }

    /// <inheritdoc cref="GenerationRequest.NegativePrompt"/>
    public required string NegativePrompt { get; init; }

    /// <inheritdoc cref="GenerationRequest.Seed"/>
    public required ulong Seed { get; init; }

    /// <inheritdoc cref="GenerationRequest.Width"/>
    public required int Width { get; init; }

    /// <inheritdoc cref="GenerationRequest.Height"/>
    public required int Height { get; init; }

    /// <inheritdoc cref="GenerationRequest.Frames"/>
    public required int Frames { get; init; }

    /// <inheritdoc cref="GenerationRequest.Rate"/>
    public required FrameRate Rate { get; init; }

    /// <inheritdoc cref="GenerationRequest.Steps"/>
    public required int Steps { get; init; }

    /// <inheritdoc cref="GenerationRequest.GuidanceScale"/>
    public required double GuidanceScale { get; init; }

    /// <inheritdoc cref="GenerationRequest.DynamicGuidance"/>
    public required bool DynamicGuidance { get; init; }

    /// <inheritdoc cref="GenerationRequest.Sampler"/>
    public required SamplerKind Sampler { get; init; }

    /// <inheritdoc cref="GenerationRequest.Dtype"/>
    public required NoiseDtype Dtype { get; init; }

    /// <inheritdoc cref="GenerationRequest.MaxSequenceLength"/>
    public required int MaxSequenceLength { get; init; }

    /// <inheritdoc cref="GenerationRequest.VaeTiling"/>
    public required TilingMode VaeTiling { get; init; }

    /// <summary>Whether the prompt steers at all: without guidance the negative prompt isn't used.</summary>
    public bool IsGuided => GuidanceScale > 1;

    /// <summary>For a video file: enough to repeat the run exactly.</summary>
    /// <param name="model">The checkpoint's folder.</param>
    /// <param name="initLatents">The file that the run began from, or null.</param>
    public GenerationMetadata ToMetadata(string model, string? initLatents)
    {
        var settings = new OrderedDictionary<string, JsonNode?>
        {
            ["model"] = model,
            ["width"] = Width,
            ["height"] = Height,
            ["frames"] = Frames,
            ["fps"] = Rate.ToString(),
            ["steps"] = Steps,
            ["guidance-scale"] = GuidanceScale,
            ["dynamic-cfg"] = DynamicGuidance,
            ["sampler"] = Sampler.ToString().ToLowerInvariant(),
            ["dtype"] = Dtype.ToString().ToLowerInvariant(),
            ["max-sequence-length"] = MaxSequenceLength,
            ["vae-tiling"] = VaeTiling.ToString().ToLowerInvariant(),
        };
        if (initLatents is not null)
            settings["init-latents"] = Path.GetFullPath(initLatents); // the run may be repeated from elsewhere
        return new GenerationMetadata(Prompt, NegativePrompt, Seed, settings);
    }
}
