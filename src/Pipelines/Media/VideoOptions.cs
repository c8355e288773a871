namespace CogVideoX.Pipelines.Media;

/// <summary>How a video is written, beyond its name, size and rate.</summary>
public sealed record VideoOptions
{
    /// <summary>What the video is made from, to go into the file; null if that isn't known.</summary>
    public GenerationMetadata? Metadata { get; init; }

    /// <summary>What to do where something stands at the video's place.</summary>
    public WhenTaken WhenTaken { get; init; }

    /// <summary>Files that the video is made from: it is never written over one of them.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>Quality and codec, for the formats that have a choice.</summary>
    public EncodingOptions Encoding { get; init; } = new();

    /// <summary>Told how many frames are written, and how many there are in all.</summary>
    public IProgress<(int Done, int Total)>? Progress { get; init; }

    /// <summary>How many threads compress PNG images; 0 for one a processor. The bytes don't depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>The two choices that most callers make.</summary>
    internal static VideoOptions From(GenerationMetadata? metadata, bool overwrite) =>
        new() { Metadata = metadata, WhenTaken = overwrite ? WhenTaken.Overwrite : WhenTaken.Refuse };
}
