using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Media;

/// <summary>Reads the settings back from a video that this project wrote.</summary>
public static class VideoMetadata
{
    private const int StartBytes = 16;

    /// <summary>
    /// What the video at <paramref name="path"/> (a file, or a folder of PNG files) was made from; its ending doesn't matter.
    /// </summary>
    /// <exception cref="MetadataException">There is no such file, or no settings in it.</exception>
    public static GenerationMetadata Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (PathCheck.Problem(path) is { } problem)
            throw Refused(path, problem);
        bool folder = Directory.Exists(path);
        if (!folder && !File.Exists(path))
            throw Refused(path, "there is no such file");
        try
        {
            var format = folder ? VideoFormats.Folder : Recognise(path);
            string json = format.ReadMetadata(Path.GetFullPath(path))
                ?? throw Refused(path, "the file holds no settings; only videos written by CogVideoX for .NET do");
            return GenerationMetadata.Parse(json);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw Refused(path, e.Message, e);
        }
    }

    private static VideoFormat Recognise(string path)
    {
        using var file = SettingsFile.Open(path);
        Span<byte> start = stackalloc byte[StartBytes];
        start = start[..file.ReadAtLeast(start, StartBytes, throwOnEndOfStream: false)];
        foreach (var format in VideoFormats.All)
        {
            if (format.Recognises(start))
                return format;
        }
        throw new FormatException("it is none of the kinds of video that keep settings "
            + $"({string.Join(", ", VideoFormats.All.Where(format => !format.IsFolder).Select(format => format.Extension))})");
    }

    private static MetadataException Refused(string path, string problem, Exception? cause = null) =>
        new($"{Quoted.Path(path)}: {problem}", cause);
}
