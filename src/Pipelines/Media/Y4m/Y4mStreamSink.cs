namespace CogVideoX.Pipelines.Media;

/// <summary>Writes YUV4MPEG2 to a stream of the caller's.</summary>
internal sealed class Y4mStreamSink(Stream output, VideoShape shape, VideoOptions options)
    : VideoSink(new StreamTarget(), shape, options)
{
    private readonly Y4mWriter writer = new(shape);

    private protected override void Start() => writer.WriteHeader(output);

    private protected override void WriteFrame(ReadOnlySpan<float> frame, int index, CancellationToken cancellation)
    {
        writer.WriteFrame(output, frame);
        FrameIsDone();
    }

    private protected override void Finish(CancellationToken cancellation) => output.Flush();

    private protected override void Release() { }
}
