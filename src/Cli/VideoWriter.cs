using CogVideoX.Cli.Verbs;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Cli;

/// <summary>Writes finished videos. Whether they can be written was checked before, so that a failure here isn't wrong usage.</summary>
internal static class VideoWriter
{
    /// <returns>The file, as a full path, or <c>-</c>.</returns>
    /// <exception cref="IOException">The disk is full, ffmpeg failed, …; it says where the latents are.</exception>
    public static string Write(GenerateJob job, GenerationResult result, VideoOptions options, CancellationToken cancellation)
    {
        try
        {
            if (!job.GoesToStandardOutput)
                return Write(job.Output, result.Video, result.Settings.Rate, options, cancellation);
            using Stream output = StandardStreams.OpenBinaryOutput();
            result.Video.WriteY4m(output, result.Settings.Rate, options.Progress, cancellation);
            return job.Output;
        }
        catch (Exception exception) when (exception is IOException or OutputException)
        {
            throw new IOException($"{exception.Message} {Kept(job, result.Latents)}", exception);
        }
    }

    /// <returns>The file, as a full path.</returns>
    /// <exception cref="IOException">The disk is full, ffmpeg failed, …; nothing is left behind.</exception>
    public static string Write(string path, VideoFrames video, FrameRate rate, VideoOptions options, CancellationToken cancellation)
    {
        try
        {
            string saved = video.Save(path, rate, options, cancellation);
            return Path.EndsInDirectorySeparator(path) ? saved + Path.DirectorySeparatorChar : saved;
        }
        catch (OutputException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    // What was computed isn't lost with the file that couldn't be written: latents are a hundredth of a video.
    private static string Kept(GenerateJob job, VideoLatents latents)
    {
        string file = File.Exists(job.Request.SaveLatents) ? job.Request.SaveLatents : Save(job, latents);
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
