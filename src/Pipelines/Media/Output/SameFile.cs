using CogVideoX.Tensors.Files;

namespace CogVideoX.Pipelines.Media;

/// <summary>Whether two paths are one file, or one of them in the other, so that writing the one would destroy the other.</summary>
internal static class SameFile
{
    // Windows and macOS tell names apart by more than their case only on disks that are set up so.
    private static readonly StringComparison Letters =
        OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    /// <summary>Compares the places that the paths lead to, links followed, and where the system tells, the files themselves.</summary>
    /// <param name="path">A file or folder that needn't exist.</param> <param name="other">Another.</param>
    public static bool Are(string path, string other)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(other);
        if (PathCheck.Problem(path) is not null || PathCheck.Problem(other) is not null)
            return false;
        try
        {
            return RealPath.Of(path).Equals(RealPath.Of(other), Letters)
                || (FileStatus.Identity(path) is { } one && one == FileStatus.Identity(other));
        }
        catch (IOException)
        {
            return false;       // links in a circle lead to no file
        }
    }

    /// <summary>
    /// Whether something that is put at a place, instead of what stands there, takes away what is read: it is that file or folder, a folder
    /// around it, a picture in the folder, or what a link in the folder leads to.
    /// </summary>
    /// <param name="place">Of the output, a file or folder that needn't exist.</param>
    /// <param name="input">A file, or a folder whose pictures are read.</param>
    public static bool IsLost(string place, string input)
    {
        if (Are(place, input))
            return true;
        if (PathCheck.Problem(place) is not null || PathCheck.Problem(input) is not null || !Path.Exists(place))
            return false;
        try
        {
            return IsWithin(input, place) || (Directory.Exists(input) && IsReadFrom(input, place));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;       // a folder that can't be listed can't be read either
        }
    }

    private static bool IsReadFrom(string folder, string place)
    {
        string real = RealPath.Of(place);
        if (File.Exists(real) && PngFolderFrames.IsFrame(real) && Are(Path.GetDirectoryName(real)!, folder))
            return true;
        IEnumerable<FileInfo> links = new DirectoryInfo(folder).EnumerateFiles()
            .Where(file => file.LinkTarget is not null && PngFolderFrames.IsFrame(file.FullName));
        return links.Any(link => Are(link.FullName, place) || IsWithin(link.FullName, place));
    }

    private static bool IsWithin(string path, string folder)
    {
        if (!Directory.Exists(folder))
            return false;
        for (string? around = Path.GetDirectoryName(RealPath.Of(path)); around is not null; around = Path.GetDirectoryName(around))
        {
            if (Are(around, folder))
                return true;
        }
        return false;
    }
}
