namespace CogVideoX.Pipelines.Media;

/// <summary>Writes a folder of PNG files.</summary>
internal sealed class PngFolderSink(OutputTarget target, VideoShape shape, GenerationMetadata? metadata) : VideoSink(target, shape)
{
    private readonly PngEncoder encoder = new(shape.Width, shape.Height);

    private protected override void Start() => Directory.CreateDirectory(Target.TemporaryPath);

    private protected override void WriteFrame(ReadOnlySpan<float> frame, int index, CancellationToken cancellation)
    {
        using var output = File.Create(Path.Combine(Target.TemporaryPath, PngFolderFormat.FileName(index)));
        PngChunks.WriteHeader(output, Shape.Width, Shape.Height);
        PngChunks.WriteMetadata(output, metadata);
        PngChunks.Write(output, "IDAT"u8, encoder.Encode(frame));
        PngChunks.WriteEnd(output);
    }

    private protected override void Finish(CancellationToken cancellation) { }

    private protected override void Release() { }
}
