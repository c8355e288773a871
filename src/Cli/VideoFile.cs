using System.Diagnostics;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Cli;

/// <summary>A video's file, or standard output, begun with the first frame: while a video is sampled nothing stands there.</summary>
/// <param name="path">Where it goes; <see cref="StandardOutput"/> for Y4M there.</param>
/// <param name="options">How it is written, from what the video is made with.</param>
internal sealed class VideoFile(string path, Func<GenerationSettings, VideoOptions> options) : IFrameSink, IDisposable
{
    /// <summary>What stands for standard output.</summary>
    public const string StandardOutput = "-";

    private readonly Stopwatch writing = new();
    private VideoSink? sink;
    private Stream? output;

    /// <summary>Time spent here.</summary>
    public TimeSpan Elapsed => writing.Elapsed;

    /// <summary>The part of it that decoding waited for.</summary>
    public TimeSpan WithinDecoding { get; private set; }

    public void Begin(GenerationSettings settings, VideoShape shape)
    {
        writing.Start();
        if (path == StandardOutput)
        {
            output = StandardStreams.OpenBinaryOutput();
            sink = VideoSink.OpenY4m(output, shape);
        }
        else
        {
            sink = VideoSink.Open(path, shape, options(settings));
        }
        writing.Stop();
    }

    public void Write(ReadOnlySpan<float> frame, CancellationToken cancellation)
    {
        writing.Start();
        sink!.Write(frame, cancellation);
        writing.Stop();
    }

    /// <summary>Finishes it.</summary>
    /// <returns>The file, as a full path, or <see cref="StandardOutput"/>.</returns>
    /// <exception cref="IOException">The disk is full, ffmpeg failed, …; nothing is left behind.</exception>
    // Whether it could be written was checked before, so that a failure here isn't wrong usage.
    public string Complete(CancellationToken cancellation)
    {
        WithinDecoding = writing.Elapsed;
        writing.Start();
        try
        {
            sink!.Complete(cancellation);
        }
        catch (OutputException exception)
        {
            throw new IOException(exception.Message, exception);
        }
        writing.Stop();
        if (path == StandardOutput)
            return path;
        return Path.EndsInDirectorySeparator(path) ? sink.Location! + Path.DirectorySeparatorChar : sink.Location!;
    }

    public void Dispose()
    {
        sink?.Dispose();
        output?.Dispose();
    }
}
