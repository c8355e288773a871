using CogVideoX.Pipelines.Hub;

namespace CogVideoX.Cli;

/// <summary>
/// What metadata call files and folders: as seen from the current folder, and never by a path from the root, which would tell of the
/// machine and mean nothing on another. <c>--from</c> looks for them from the current folder, then from the video's.
/// </summary>
internal static class KeptNames
{
    /// <summary>The path from the current folder; the name alone where there is none but through the root.</summary>
    public static string Of(string path)
    {
        string here = Environment.CurrentDirectory, full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        return FirstOf(here) == FirstOf(full) ? Path.GetRelativePath(here, full) : Path.GetFileName(full);
    }

    /// <summary>The same of a file that there may not be.</summary>
    public static string? OfAny(string? path) => path is null ? null : Of(path);

    /// <summary>
    /// What a checkpoint is called: the bundled one is found again on any machine, and one of the Hugging Face cache (by its name and
    /// commit) on any that has it.
    /// </summary>
    public static string OfModel(string folder) =>
        folder == BundledModel.Path ? BundledModel.Name : HubCache.OfProcess().NameOf(folder) ?? Of(folder);

    /// <summary>The path of what <see cref="Of"/> named in a video; where nothing is there, as seen from the current folder.</summary>
    public static string Find(string name, string video)
    {
        string beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(video)) ?? "", name);
        return !Path.Exists(name) && Path.Exists(beside) ? beside : name;
    }

    /// <summary>The path of a file that the run in a video began from, or of a LoRA.</summary>
    /// <param name="name">As it is kept.</param>
    /// <param name="video">Where.</param>
    /// <param name="option">The option that named the video.</param>
    /// <param name="anew">The option that names another.</param>
    /// <exception cref="UsageException">It isn't here.</exception>
    public static string FindInput(string name, string video, string option, string anew)
    {
        string path = Find(name, video);
        return Path.Exists(path)
            ? path
            : throw new UsageException(option, $"{video} was made with {anew} {name}, which isn't here; say where it is with {anew}.");
    }

    /// <summary>The folder that <see cref="OfModel"/> named in a video; a name in the Hugging Face cache stays what it is.</summary>
    /// <param name="name">As it is kept.</param>
    /// <param name="video">Where.</param>
    /// <param name="option">The option that named the video.</param>
    /// <exception cref="UsageException">It isn't here.</exception>
    public static string FindModel(string name, string video, string option)
    {
        string folder = name == BundledModel.Name ? BundledModel.Path : Find(name, video);
        return Directory.Exists(folder) || ModelPlace.NameIn(folder) is { IsCommit: true }
            ? folder
            : throw new UsageException(
                option, $"{video} was made with the model {name}, which isn't here; name its folder with --model.");
    }

    // The root and the first folder below it.
    private static string FirstOf(string path)
    {
        string root = Path.GetPathRoot(path) ?? "";
        return root + path[root.Length..].Split(Path.DirectorySeparatorChar)[0];
    }
}
