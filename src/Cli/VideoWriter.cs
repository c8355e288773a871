using CogVideoX.Cli.Verbs;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Cli;

/// <summary>Makes videos and writes them as they are decoded.</summary>
internal static class VideoWriter
{
    /// <param name="pipeline">Makes the video.</param>
    /// <param name="job">What to make, and where it goes.</param>
    /// <param name="file">Where its frames go; completed here.</param>
    /// <param name="progress">Told how far the run is.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The file, as a full path or <c>-</c>, and the run.</returns>
    /// <exception cref="IOException">The disk is full, ffmpeg failed, …; it says where the latents are.</exception>
    public static (string Output, GenerationSummary Run) Make(
        CogVideoXPipeline pipeline, GenerateJob job, VideoFile file, IProgress<GenerationProgress>? progress,
        CancellationToken cancellation)
    {
        GenerationSummary? run = null;
        try
        {
            GenerationFiles files = job.Files with { Describe = settings => job.StateMetadata(settings, pipeline) };
            run = pipeline.Generate(job.Request, file, files, progress, cancellation);
            return (file.Complete(cancellation), run);
        }
        catch (SinkException exception)
        {
            throw new IOException($"{exception.Message.TrimEnd('.')}. {Kept(job, exception.Latents)}", exception);
        }
        catch (IOException exception) when (run is not null)
        {
            throw new IOException($"{exception.Message.TrimEnd('.')}. {Kept(job, run.Latents)}", exception);
        }
    }

    // What was computed isn't lost with the file that couldn't be written: latents are a hundredth of a video.
    private static string Kept(GenerateJob job, VideoLatents latents)
    {
        string file = File.Exists(job.Files.SaveLatents) ? job.Files.SaveLatents : Save(job, latents);
        return $"The latents are in {file}; `cogvideox decode {Shell.Quote(file)} -o FILE` makes the video from them.";
    }

    private static string Save(GenerateJob job, VideoLatents latents)
    {
        try
        {
            return SaveBeside(job.Stem, latents);
        }
        catch (OutputException)
        {
            return SaveBeside(Path.Combine(Path.GetTempPath(), Path.GetFileName(Path.TrimEndingDirectorySeparator(job.Stem))), latents);
        }
    }

    private static string SaveBeside(string output, VideoLatents latents)
    {
        string file = Path.GetFullPath(GenerateJobs.LatentsBeside(output));
        latents.Save(file);
        return file;
    }
}
