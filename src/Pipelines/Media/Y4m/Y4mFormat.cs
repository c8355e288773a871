namespace CogVideoX.Pipelines.Media;

/// <summary>
/// YUV4MPEG2: uncompressed, for other video programs. Settings stand in a companion, <c>clip.y4m.json</c>: readers take no
/// header line above 80 (x264) or 96 characters (ffmpeg), too little for a prompt.
/// </summary>
internal sealed class Y4mFormat : VideoFormat
{
    public const string SettingsEnding = ".json";

    public override string Extension => ".y4m";

    public override string Description => "uncompressed YUV4MPEG2";

    internal override IReadOnlyList<string> Companions => [SettingsEnding];

    internal override VideoSink CreateSink(OutputTarget target, VideoShape shape, VideoOptions options) =>
        new Y4mSink(target, shape, options);

    internal override bool Recognises(ReadOnlySpan<byte> start) => start.StartsWith("YUV4MPEG2"u8);

    internal override string? ReadMetadata(string path)
    {
        if (!File.Exists(path + SettingsEnding))
            return null;
        using var companion = SettingsFile.Open(path + SettingsEnding);
        return SettingsFile.Text(SettingsFile.Read(companion, companion.Length));
    }
}
