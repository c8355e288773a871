namespace CogVideoX.Pipelines.Media;

/// <summary>A container in which ffmpeg keeps our settings, as its comment.</summary>
internal abstract class CommentFormat : FfmpegFormat
{
    // Windows takes 32,767 characters of command line in all, Linux 131,072 an argument.
    private const int LongestComment = 30_000;

    internal override void Check(string path, VideoShape shape, GenerationMetadata? metadata)
    {
        base.Check(path, shape, metadata);
        if (metadata?.ToJson().Length > LongestComment)
            throw new OutputException(
                $"'{path}': prompt and settings are too long for the comment of a {Extension} file; "
                + $"shorten them, or use {WithoutFfmpeg}");
    }

    internal override string? ReadMetadata(string path)
    {
        var ffmpeg = FfmpegProgram.Find()
            ?? throw new FormatException(
                $"the settings in a {Extension} file are read by the ffmpeg program, which isn't on PATH; install it");
        return ffmpeg.ReadComment(path);
    }

    protected override IEnumerable<string> ContainerArguments(GenerationMetadata? metadata) =>
        metadata is null ? [] : ["-metadata", "comment=" + metadata.ToJson()];
}
