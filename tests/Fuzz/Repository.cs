namespace CogVideoX.Fuzz;

/// <summary>Finds what the repository has: checkpoints, cases, prompts.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Goldens(string path) => Path.Combine(Root, "tests", "Goldens", path);

    /// <summary>A copy of a folder, which inputs may spoil.</summary>
    public static string Copy(string folder, string into)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(into, Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        return into;
    }

    private static string Find()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "CogVideoX.sln")))
                return folder;
        }
        throw new DirectoryNotFoundException("CogVideoX.sln isn't above " + AppContext.BaseDirectory);
    }
}
