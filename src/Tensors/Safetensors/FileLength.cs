namespace CogVideoX.Tensors.Safetensors;

/// <summary>How many bytes a file has, asked before it is opened: opening a named pipe would wait for a writer, and has none.</summary>
internal static class FileLength
{
    /// <exception cref="IOException">There is no such file, or links go in a circle.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be looked at.</exception>
    /// <exception cref="ArgumentException">The text is no path.</exception>
    public static long Of(string path)
    {
        // A link has a length of its own; caches of downloads are full of them.
        var file = new FileInfo(path);
        return file.LinkTarget is null ? file.Length : new FileInfo(file.ResolveLinkTarget(returnFinalTarget: true)!.FullName).Length;
    }
}
