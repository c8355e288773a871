using CogVideoX.Cli.Verbs;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Cli;

/// <summary>Writes finished videos. Whether they can be written was checked before, so that a failure here isn't wrong usage.</summary>
internal static class VideoWriter
{
    /// <returns>The file, as a full path.</returns>
    /// <exception cref="IOException">The disk is full, ffmpeg failed, …; no part of a video is left, and where its latents are is said.</exception>
    public static string Write(
        GenerateJob job, GenerationResult result, GenerationMetadata metadata, bool overwrite, CancellationToken cancellation)
    {
        try
        {
            Write(job.Output, result.Video, result.Settings.Rate, metadata, overwrite, cancellation);
            return Path.GetFullPath(job.Output);
        }
        catch (IOException exception)
        {
            throw new IOException($"{exception.Message} {Kept(job, result.Latents)}", exception);
        }
    }

    /// <exception cref="IOException">The disk is full, ffmpeg failed, …; nothing is left behind.</exception>
    public static void Write(string path, VideoFrames video, FrameRate rate, GenerationMetadata? metadata, bool overwrite, CancellationToken cancellation)
    {
        try
        {
            video.Save(path, rate, metadata, overwrite, cancellation);
        }
        catch (OutputException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    // What was computed isn't lost with the file that couldn't be written: latents are a hundredth of a video.
    private static string Kept(GenerateJob job, VideoLatents latents)
    {
        string file = job.Request.SaveLatents ?? Save(job, latents);
        return $"The latents are in {file}; `cogvideox decode {Shell.Quote(file)} -o FILE` makes the video from them.";
    }

    private static string Save(GenerateJob job, VideoLatents latents)
    {
        string beside = GenerateJobs.LatentsBeside(job.Output);
        try
        {
            latents.Save(beside);
            return beside;
        }
        catch (OutputException)
        {
            string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(job.Output));
            string elsewhere = GenerateJobs.LatentsBeside(Path.Combine(Path.GetTempPath(), name));
            latents.Save(elsewhere);
            return elsewhere;
        }
    }
}
