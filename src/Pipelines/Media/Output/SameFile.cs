using CogVideoX.Tensors.Files;

namespace CogVideoX.Pipelines.Media;

/// <summary>Whether two paths are one file, so that writing the one would destroy the other.</summary>
internal static class SameFile
{
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
            // Windows and macOS tell names apart by more than their case only on disks that are set up so.
            StringComparison letters = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
            return RealPath.Of(path).Equals(RealPath.Of(other), letters)
                || (FileStatus.Identity(path) is { } one && one == FileStatus.Identity(other));
        }
        catch (IOException)
        {
            return false;       // links in a circle lead to no file
        }
    }
}
