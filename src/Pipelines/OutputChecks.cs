namespace CogVideoX.Pipelines;

/// <summary>Whether a file can be written, before anything heavy starts.</summary>
internal static class OutputChecks
{
    /// <exception cref="RequestException">Both properties name the same file.</exception>
    public static void CheckApart(string property, string? path, string other, string? otherPath)
    {
        if (path is not null && otherPath is not null && Path.GetFullPath(path) == Path.GetFullPath(otherPath))
            throw new RequestException(property, $"{path} is the file of {nameof(GenerationFiles)}.{other} already; name another.");
    }

    /// <param name="property">The property that named the file.</param>
    /// <param name="path">The file, or null where none is wanted.</param>
    /// <exception cref="RequestException">Its folder doesn't exist or can't be written to, or it is a folder.</exception>
    public static void Check(string property, string? path)
    {
        if (path is null)
            return;
        PathCheck.Check(property, path);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        if (!Directory.Exists(folder))
            throw new RequestException(property, $"the folder {folder} doesn't exist; make it first.");
        if (Directory.Exists(path))
        {
            string example = Path.Combine(path, "latents.safetensors");
            throw new RequestException(property, $"{path} is a folder; name a file in it, such as {example}.");
        }
        string probe = Path.Combine(folder, $".cogvideox-{Guid.NewGuid():N}");
        try
        {
            File.Create(probe, 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RequestException(
                property, $"the folder {folder} can't be written to ({exception.Message}); choose another.", exception);
        }
    }
}
