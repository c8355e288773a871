using CogVideoX.Pipelines.Media;
using CogVideoX.Sampling;

namespace CogVideoX.Pipelines;

/// <summary>
/// A run between two steps, as <see cref="GenerationFiles.KeepState"/> keeps it: it goes on from here with the bits of one that wasn't
/// interrupted, on the same model, adapters, kind of device and type of activations.
/// </summary>
/// <example><code>
/// GenerationResult result = pipeline.Generate(ResumeState.Load("run.state").ToRequest());
/// </code></example>
public sealed class ResumeState
{
    internal ResumeState(GenerationSettings settings, GenerationMetadata metadata, SamplingState sampling, RunPlace place) =>
        (Settings, Metadata, Sampling, Place) = (settings, metadata, sampling, place);

    /// <summary>What the run was asked for; all decided.</summary>
    public GenerationSettings Settings { get; }

    /// <summary>The same for people, with the names of the model and of the files that the run began from.</summary>
    public GenerationMetadata Metadata { get; }

    /// <summary>How often the model was asked so far, counted from pure noise; a run that began from a video began later.</summary>
    public int NextStep => Sampling.NextStep;

    /// <summary>How often it is asked in all.</summary>
    public int Steps => Sampling.Steps;

    /// <summary>Latents, the sampler's history and the generator.</summary>
    internal SamplingState Sampling { get; }

    /// <summary>[1, F, C, H, W]: what the model is told of a picture; null without one</summary>
    internal KeptTensor? ImageLatents { get; init; }

    /// <summary>Embeddings that it was given in place of a prompt; null where it encodes a text again.</summary>
    internal TextEmbeddings? Text { get; init; }

    /// <summary>Where it was so far.</summary>
    internal RunPlace Place { get; }

    /// <summary>Reads a file that <see cref="GenerationFiles.KeepState"/> left.</summary>
    /// <exception cref="RequestException">There is none, or it is damaged, or of another kind.</exception>
    public static ResumeState Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return StateFile.Read(nameof(path), path);
    }

    /// <summary>The rest of the run as a request. Settings that only the decoding depends on may be given others.</summary>
    public GenerationRequest ToRequest() =>
        (GenerationRequest)new GenerationRequest(Settings.Prompt ?? "") { Resume = this }.Or(Settings);
}
