using CogVideoX.Tensors.Files;

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

    /// <summary>Of what stands at a path and is neither a file nor a folder: why nothing is written there. Null where it may be.</summary>
    public static string? NoFile(string path) =>
        FileStatus.OtherThanFile(path) is { } other ? $"{path} is {other}, which a file would replace; name a file." : null;

    /// <param name="property">The property that named the file.</param>
    /// <param name="path">The file, or null where none is wanted.</param>
    /// <exception cref="RequestException">Its folder doesn't exist or can't be written to, or it is a folder or a device.</exception>
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
        if (NoFile(path) is { } problem)
            throw new RequestException(property, problem);
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
