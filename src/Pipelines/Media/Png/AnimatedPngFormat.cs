namespace CogVideoX.Pipelines.Media;

/// <summary>Animated PNG: lossless, plays in browsers, shows its first frame in any viewer. Settings in an iTXt chunk.</summary>
internal sealed class AnimatedPngFormat : VideoFormat
{
    public override string Extension => ".png";

    public override string Description => "animated PNG";

    internal override VideoSink CreateSink(OutputTarget target, VideoShape shape, GenerationMetadata? metadata) =>
        new AnimatedPngSink(target, shape, metadata);

    internal override string? ReadMetadata(string path) => PngChunks.ReadSettings(path);
}
