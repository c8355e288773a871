namespace CogVideoX.Pipelines.Tests.Media;

/// <summary>A folder of its own for one test.</summary>
internal sealed class TestFolder : IDisposable
{
    private readonly string path = Directory.CreateTempSubdirectory("cogvideox-media-").FullName;

    public string this[string name] => Path.Combine(path, name);

    /// <summary>Names of everything in it, hidden files too.</summary>
    public string[] Names => [.. Directory.GetFileSystemEntries(path).Select(entry => Path.GetFileName(entry)).Order()];

    public void Dispose() => Directory.Delete(path, recursive: true);
}
