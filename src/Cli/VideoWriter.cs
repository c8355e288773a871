using CogVideoX.Pipelines.Media;

namespace CogVideoX.Cli;

/// <summary>Writes a finished video. Whether it can be written was checked before, so that a failure here isn't wrong usage.</summary>
internal static class VideoWriter
{
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
}
