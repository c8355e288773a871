namespace CogVideoX.Pipelines.Media;

/// <summary>Writes a folder of PNG files.</summary>
internal sealed class PngFolderSink : FileSink
{
    private readonly GenerationMetadata? metadata;
    private readonly PngPipeline pipeline;

    public PngFolderSink(OutputTarget target, VideoShape shape, VideoOptions options)
        : base(target, shape, options)
    {
        metadata = options.Metadata;
        pipeline = new PngPipeline(shape, options.Threads, WriteImage);
    }

    private protected override void Start() => Directory.CreateDirectory(Target.TemporaryPath);

    private protected override void WriteFrame(ReadOnlySpan<float> frame, int index, CancellationToken cancellation) =>
        pipeline.Add(frame, cancellation);

    private protected override void Finish(CancellationToken cancellation) => pipeline.Drain(cancellation);

    private protected override void Release() { }

    private void WriteImage(int index, ReadOnlySpan<byte> image)
    {
        using (var output = File.Create(Path.Combine(Target.TemporaryPath, PngFolderFormat.FileName(index))))
        {
            PngChunks.WriteHeader(output, Shape.Width, Shape.Height);
            PngChunks.WriteMetadata(output, metadata);
            PngChunks.Write(output, "IDAT"u8, image);
            PngChunks.WriteEnd(output);
        }
        FrameIsDone();
    }
}
