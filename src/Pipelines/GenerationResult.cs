using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines;

/// <summary>A finished run with its frames.</summary>
public sealed record GenerationResult : GenerationSummary
{
    internal GenerationResult(VideoFrames video, GenerationSummary run) : base(run) => Video = video;

    /// <summary>The frames.</summary>
    public VideoFrames Video { get; }

    /// <summary>
    /// Writes the video at its rate; the name's ending chooses the format (<see cref="VideoFormats"/>), and prompt, seed and settings go
    /// into the file.
    /// </summary>
    /// <param name="path">A file, or a folder ending in <c>/</c>.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <param name="cancellation">Stops it; nothing is left behind.</param>
    /// <returns>Where it is, in full.</returns>
    /// <exception cref="OutputException">The file can't be written; nothing of it is left behind.</exception>
    public string Save(string path, bool overwrite = false, CancellationToken cancellation = default) =>
        Video.Save(path, Settings.Rate.Decided(), Settings.ToMetadata(Model, loras: Loras, compute: CpuCompute), overwrite, cancellation);
}
