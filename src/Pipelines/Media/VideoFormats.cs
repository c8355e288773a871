using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Media;

/// <summary>The formats that a video can be written in, chosen by the ending of the file's name.</summary>
public static class VideoFormats
{
    /// <summary>Every format, in the order of messages. A new one is a new file and a line here.</summary>
    public static IReadOnlyList<VideoFormat> All { get; } =
    [
        new Mp4Format(),
        new MovFormat(),
        new MkvFormat(),
        new WebmFormat(),
        new GifFormat(),
        new WebpFormat(),
        new AnimatedPngFormat(),
        new Y4mFormat(),
        new SafetensorsFormat(),
        new PngFolderFormat(),
    ];

    internal static VideoFormat Folder { get; } = All.Single(format => format.IsFolder);

    /// <summary>
    /// The ending for a file that nobody named: <c>.mp4</c> where an ffmpeg is at hand that can write it, <c>.png</c> (animated) where
    /// there is none.
    /// </summary>
    public static string DefaultExtension() => DefaultExtension(FfmpegProgram.Find());

    internal static string DefaultExtension(FfmpegProgram? ffmpeg)
    {
        const string Lossless = ".png", Usual = ".mp4";
        if (ffmpeg is null)
            return Lossless;
        try
        {
            return All.OfType<Mp4Format>().Single().EncodersFor(new()).Any(encoder => ffmpeg.HasEncoder(encoder.Name)) ? Usual : Lossless;
        }
        catch (IOException)
        {
            return Lossless;        // it doesn't run
        }
    }

    /// <summary>The format that a name asks for.</summary>
    /// <param name="path">A file, or a folder ending in <c>/</c>.</param>
    /// <exception cref="OutputException">No format has this ending, or it is no path.</exception>
    public static VideoFormat ForPath(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (PathCheck.Problem(path) is { } problem)
            throw new OutputException($"{Quoted.Path(path)}: {problem}");
        if (Path.EndsInDirectorySeparator(path))
            return Folder;
        string ending = Path.GetExtension(path);
        return All.FirstOrDefault(format => format.Extension.Equals(ending, StringComparison.OrdinalIgnoreCase))
            ?? throw new OutputException($"{Unknown(path, ending)}; use {Choices()}");
    }

    private static string Unknown(string path, string ending) => ending.Length == 0
        ? $"{Quoted.Path(path)} has no ending that says which format it is"
        : $"{Quoted.Path(path)}: {Quoted.Name(ending)} is not a known video format";

    private static string Choices() =>
        string.Join(", ", All.Select(format => $"{format.Extension} ({format.Description})"));
}
