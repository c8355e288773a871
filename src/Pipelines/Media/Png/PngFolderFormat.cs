namespace CogVideoX.Pipelines.Media;

/// <summary>A folder with a PNG file a frame, from <c>0001.png</c>. Settings in each file.</summary>
internal sealed class PngFolderFormat : VideoFormat
{
    public override string Extension => "/";

    public override string Description => "a folder of numbered PNG files";

    internal override bool IsFolder => true;

    internal static string FileName(int index) => $"{index + 1:D4}.png";

    internal override VideoSink CreateSink(OutputTarget target, VideoShape shape, VideoOptions options) =>
        new PngFolderSink(target, shape, options);

    internal override string? ReadMetadata(string path)
    {
        string first = Path.Combine(path, FileName(0));
        return File.Exists(first) ? PngChunks.ReadSettings(first) : throw new FormatException($"the folder has no {FileName(0)}");
    }
}
