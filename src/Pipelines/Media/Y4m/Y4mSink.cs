namespace CogVideoX.Pipelines.Media;

/// <summary>Writes a YUV4MPEG2 file with its companion.</summary>
internal sealed class Y4mSink(OutputTarget target, VideoShape shape, VideoOptions options) : StreamSink(target, shape, options)
{
    private readonly Y4mWriter writer = new(shape);
    private readonly GenerationMetadata? metadata = options.Metadata;

    protected override void WriteHeader() => writer.WriteHeader(Output);

    private protected override void WriteFrame(ReadOnlySpan<float> frame, int index, CancellationToken cancellation)
    {
        writer.WriteFrame(Output, frame);
        FrameIsDone();
    }

    protected override void WriteTrailer(CancellationToken cancellation)
    {
        if (metadata is not null)
            File.WriteAllText(Target.TemporaryCompanion(Y4mFormat.SettingsEnding), metadata.ToJson() + "\n");
    }
}
