namespace CogVideoX.Pipelines.Tests;

/// <summary>A folder that is gone when the test is over.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"cogvideox-{Guid.NewGuid():N}");

    /// <summary>Names of everything in it, hidden files too.</summary>
    public string[] Names => [.. Directory.EnumerateFileSystemEntries(Path).Select(entry => System.IO.Path.GetFileName(entry)).Order()];

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>A copy of a checkpoint that a test may spoil.</summary>
    public string CopyOf(string folder)
    {
        string copy = File(System.IO.Path.GetFileName(folder));
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            string target = System.IO.Path.Combine(copy, System.IO.Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            System.IO.File.Copy(file, target);
        }
        return copy;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
