using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Hub;

/// <summary>The files of one commit in a cache: links to blobs, or, where there are no links, the files themselves.</summary>
internal sealed class CachedSnapshot
{
    private const int Deepest = 16, MostFiles = 100_000;

    /// <param name="cache">The cache's folder.</param>
    /// <param name="path">The snapshot's folder, which exists.</param>
    public CachedSnapshot(string cache, string path)
    {
        Path = path;
        string repository = System.IO.Path.GetDirectoryName(System.IO.Path.GetDirectoryName(path))!;
        string[] inside = [Within(cache), Within(repository)];
        IEnumerable<CachedFile> files = Names(path, "", 0).Take(MostFiles).Select(name => Read(name, inside));
        Files = [.. files.OrderBy(file => file.Name, StringComparer.Ordinal)];
        IsCut = Files.Count == MostFiles;
    }

    /// <summary>Its folder.</summary>
    public string Path { get; }

    /// <summary>The commit.</summary>
    public string Commit => System.IO.Path.GetFileName(Path);

    /// <summary>All files, in the order of their names.</summary>
    public IReadOnlyList<CachedFile> Files { get; }

    /// <summary>Whether there may be more than were listed.</summary>
    public bool IsCut { get; }

    /// <summary>Of what is there, links followed.</summary>
    public long Bytes => Files.Sum(file => file.Bytes ?? 0);

    /// <summary>What is wrong with the links in it, as the end of a sentence; null where nothing is.</summary>
    public string? Damage =>
        Files.FirstOrDefault(file => file.IsOutside) is { } outside
            ? $"{Quoted.Line(outside.Name)} is a link that leaves the cache, to {Quoted.Path(outside.Place)}"
        : Files.FirstOrDefault(file => file.Bytes is null) is { } gone
            ? $"{Quoted.Line(gone.Name)} is a link to a file that is gone"
        : null;

    // Folders that are links are none of a cache's, and might lead in a circle: named as what they are.
    private static IEnumerable<string> Names(string folder, string within, int depth)
    {
        foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            string name = within + entry.Name;
            if (entry is FileInfo || entry.LinkTarget is not null)
            {
                yield return name;
            }
            else if (depth < Deepest)
            {
                foreach (string inner in Names(entry.FullName, $"{name}/", depth + 1))
                    yield return inner;
            }
        }
    }

    private CachedFile Read(string name, string[] inside)
    {
        string file = System.IO.Path.Combine(Path, name);
        if (PlaceOf(file) is not { } place)
            return new CachedFile(name, file, null, IsOutside: false);
        bool outside = place != file && !inside.Any(folder => place.StartsWith(folder, StringComparison.Ordinal));
        return new CachedFile(name, place, !outside && File.Exists(place) ? new FileInfo(place).Length : null, outside);
    }

    /// <summary>Whether a file is there: .NET takes a link to nothing for one.</summary>
    public static bool Has(string path) => File.Exists(path) && PlaceOf(path) is { } place && File.Exists(place);

    /// <summary>Where a file's bytes are, links followed; null where they lead in a circle.</summary>
    public static string? PlaceOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget is null ? path : RealPath.Of(path);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string Within(string folder) => RealPath.Of(folder) + System.IO.Path.DirectorySeparatorChar;
}

/// <summary>A file of a snapshot.</summary>
/// <param name="Name">From the model's root, with <c>/</c>.</param>
/// <param name="Place">Where its bytes are.</param>
/// <param name="Bytes">How many; null where it is a link to nothing, or out of the cache.</param>
/// <param name="IsOutside">Whether it is a link out of the cache.</param>
internal sealed record CachedFile(string Name, string Place, long? Bytes, bool IsOutside);
