namespace CogVideoX.Pipelines;

/// <summary>Files that a run writes beside the video.</summary>
public sealed record GenerationFiles
{
    /// <summary>None.</summary>
    public static GenerationFiles None { get; } = new();

    /// <summary>A file for the latents as they stand before decoding; after a cancelled run, those of the last finished step.</summary>
    public string? SaveLatents { get; init; }

    /// <summary>A file for the prompt embeddings and the latents after each step.</summary>
    public string? Trace { get; init; }

    /// <exception cref="RequestException">One of them can't be written.</exception>
    internal void Check()
    {
        OutputChecks.Check(nameof(SaveLatents), SaveLatents);
        OutputChecks.Check(nameof(Trace), Trace);
        OutputChecks.CheckApart(nameof(Trace), Trace, nameof(SaveLatents), SaveLatents);
    }
}
