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

    /// <summary>A stream of the caller's, such as standard output: it is neither named nor closed.</summary>
    private sealed class StreamTarget : IVideoTarget
    {
        public void Begin() { }

        public string? Publish() => null;

        public void Discard() { }

        public OutputException? Explain(Exception exception) => exception switch
        {
            _ when OutputErrors.IsBrokenPipe(exception) =>
                new("the program that reads the video ended before it had all of it", inner: exception),
            _ when OutputErrors.IsDiskFull(exception) =>
                new("the video can't be written to the stream: the disk is full", inner: exception),
            IOException => new($"the video can't be written to the stream: {exception.Message}", inner: exception),
            _ => null,
        };
    }
}
