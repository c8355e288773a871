using CogVideoX.Tensors.Files;

namespace CogVideoX.Tensors.Safetensors;

/// <summary>A file appears under its name only when it is whole: it is written beside it and renamed.</summary>
internal static class AtomicFile
{
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="bytes">Its length, so that a full disk is found before the work and not after it.</param>
    /// <param name="write">Writes the contents.</param>
    /// <exception cref="SafetensorsException">It can't be written; nothing is left behind.</exception>
    public static void Write(string path, long bytes, Action<Stream> write)
    {
        if (path.Length == 0 || path.Contains('\0'))
            throw new SafetensorsException($"{Quoted.Name(path)} is no path of a file. Name a file.");
        string folder = "";
        try
        {
            string full = RealPath.Of(path);     // a link stays, and what it leads to is replaced
            folder = Path.GetDirectoryName(full) ?? full;
            if (Directory.Exists(full))
                throw new SafetensorsException($"{path} is a folder; name a file in it.");
            RefuseOther(path, full);
            if (!Directory.Exists(folder))
                throw new SafetensorsException($"{path} can't be written: the folder {folder} doesn't exist. Create it first.");
            using WorkFolder work = WorkFolder.Create(folder);
            string temporary = work[Path.GetFileName(full)];
            using (var stream = new FileStream(temporary, Options(bytes)))
                write(stream);
            FileStatus.Replace(full, temporary);
        }
        catch (IOException exception)
        {
            throw new SafetensorsException(
                $"{path} can't be written ({Size(bytes)} are needed{Room(folder)}): {exception.Message}", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new SafetensorsException(
                $"{path} can't be written: this user may not create files in {folder}. Choose another folder.", exception);
        }
    }

    /// <summary>Refuses what a file would replace though it is none.</summary>
    /// <param name="path">As it was given: a system's own links, such as /dev/stdout, lead on by other ways than names.</param>
    /// <param name="full">Where it leads.</param>
    /// <exception cref="SafetensorsException">A device, a pipe, a socket.</exception>
    public static void RefuseOther(string path, string full)
    {
        if ((FileStatus.OtherThanFile(path) ?? FileStatus.OtherThanFile(full)) is { } other)
            throw new SafetensorsException($"{path} is {other}, which a file would replace; name a file.");
    }

    /// <summary>A new file of a known length.</summary>
    public static FileStreamOptions Options(long bytes) => new()
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        Share = FileShare.None,
        PreallocationSize = bytes,
    };

    private static string Size(long bytes) => bytes switch
    {
        >= 1_000_000 => FormattableString.Invariant($"{bytes / 1e6:F1} MB"),
        >= 1000 => FormattableString.Invariant($"{bytes / 1e3:F1} kB"),
        _ => $"{bytes} bytes",
    };

    private static string Room(string folder)
    {
        try
        {
            return $", {Size(new DriveInfo(folder).AvailableFreeSpace)} are free";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return "";
        }
    }
}
