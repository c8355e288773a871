namespace CogVideoX.Emulator.Cases;

/// <summary>Reads the files of a case whole: what isn't there, isn't a file or is too large is said before anything is read.</summary>
internal static class CaseInput
{
    public static byte[] Read(string path, long most)
    {
        if (path.Length == 0)
            throw new CaseException(path, "the path is empty");
        if (path.Contains('\0'))
            throw new CaseException(path, "a path can't hold a NUL character");
        try
        {
            if (Directory.Exists(path))
                throw new CaseException(path, "it is a folder; a file is needed");
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read);
            if (!stream.CanSeek)
                throw new CaseException(path, "it isn't an ordinary file");
            if (stream.Length > most)
                throw new CaseException(path, $"it has {stream.Length} bytes; at most {most} are read");
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (FileNotFoundException e)
        {
            throw new CaseException(path, "there is no such file", e);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new CaseException(path, "there is no such file", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CaseException(path, $"it can't be read: {e.Message}", e);
        }
    }

    /// <summary>A file that a case names: it lies beside it or in a folder there, never elsewhere.</summary>
    public static string Beside(string casePath, CaseNode name)
    {
        string text = name.Text();
        if (text.Length == 0 || text.Contains('\0'))
            throw name.Wrong("be the name of a file");
        string folder = Path.GetDirectoryName(Path.GetFullPath(casePath))!, path = Path.GetFullPath(text, folder);
        string inside = Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar;
        if (Path.IsPathRooted(text) || !path.StartsWith(inside, StringComparison.Ordinal))
            throw name.Wrong($"be a file beside the case, and {Printable.Quoted(text)} isn't");
        return path;
    }

    /// <summary>The bytes after the mark that some editors put before UTF-8.</summary>
    public static ReadOnlyMemory<byte> WithoutMark(byte[] bytes) => bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes.AsMemory(3) : bytes;
}
