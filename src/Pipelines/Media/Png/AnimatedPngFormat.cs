namespace CogVideoX.Pipelines.Media;

/// <summary>Animated PNG: lossless, plays in browsers, shows its first frame in any viewer. Settings in an iTXt chunk.</summary>
internal sealed class AnimatedPngFormat : VideoFormat
{
    public override string Extension => ".png";

    public override string Description => "animated PNG";

    public override string? Note(VideoShape shape, EncodingOptions? encoding = null) => ShortFrames.Note(Extension, shape);

    internal override VideoSink CreateSink(OutputTarget target, VideoShape shape, VideoOptions options) =>
        new AnimatedPngSink(target, shape, options);

    internal override bool Recognises(ReadOnlySpan<byte> start) => PngChunks.IsPng(start);

    internal override string? ReadMetadata(string path) => PngChunks.ReadSettings(path);
}
