namespace CogVideoX.Pipelines.Media;

/// <summary>A sink whose video is a file or folder.</summary>
internal abstract class FileSink(OutputTarget target, VideoShape shape, VideoOptions options) : VideoSink(target, shape, options)
{
    protected OutputTarget Target { get; } = target;
}
