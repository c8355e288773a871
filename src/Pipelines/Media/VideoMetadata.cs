namespace CogVideoX.Pipelines.Media;

/// <summary>Reads the settings back from a video that this project wrote.</summary>
public static class VideoMetadata
{
    /// <summary>What the video at <paramref name="path"/> (a file, or a folder of PNG files) was made from.</summary>
    /// <exception cref="MetadataException">There is no such file, or no settings in it.</exception>
    public static GenerationMetadata Read(string path)
    {
        bool folder = Directory.Exists(path);
        if (!folder && !File.Exists(path))
            throw Refused(path, "there is no such file");
        var format = VideoFormats.ForPath(folder ? path + "/" : path);
        try
        {
            string json = format.ReadMetadata(Path.GetFullPath(path))
                ?? throw Refused(path, "the file holds no settings; only videos written by CogVideoX for .NET do");
            return GenerationMetadata.Parse(json);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw Refused(path, e.Message, e);
        }
    }

    private static MetadataException Refused(string path, string problem, Exception? cause = null) =>
        new($"'{path}': {problem}", cause);
}
