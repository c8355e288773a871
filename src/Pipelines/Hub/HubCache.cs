using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Hub;

/// <summary>
/// Hugging Face's cache on this disk: <c>models--OWNER--NAME</c> with <c>refs</c> (which commit a branch is at), <c>snapshots</c> (a folder
/// a commit) and <c>blobs</c> (the bytes, by their checksums). Other tools fill it, too.
/// </summary>
/// <param name="folder">The folder that has them.</param>
internal sealed class HubCache(string folder)
{
    private const int Listed = 5;

    private static readonly EnumerationOptions Nested = new() { RecurseSubdirectories = true, MaxRecursionDepth = 8 };

    /// <summary>The folder.</summary>
    public string Folder => folder;

    /// <summary>That of this process's environment.</summary>
    public static HubCache OfProcess() => new(HubSettings.OfProcess().CacheFolder);

    /// <summary>The command that downloads a model.</summary>
    public static string PullCommand(ModelName name) => $"cogvideox models pull {name}";

    /// <summary>A model's folder, whether there is one or not.</summary>
    public string FolderOf(ModelName name) => Path.Combine(folder, name.Folder);

    /// <summary>Where a commit's files are, or would be.</summary>
    public string SnapshotFolder(ModelName name, string commit) => Path.Combine(FolderOf(name), "snapshots", commit);

    /// <summary>The models that it has, by name.</summary>
    public IReadOnlyList<ModelName> Models() => !Directory.Exists(folder) ? [] :
    [
        .. Directory.EnumerateDirectories(folder).Select(path => ModelName.OfFolder(Path.GetFileName(path))).OfType<ModelName>()
            .OrderBy(name => name.Name, StringComparer.Ordinal),
    ];

    /// <summary>The revisions of a model that have a commit, with it.</summary>
    public IReadOnlyDictionary<string, string> Refs(ModelName name)
    {
        string refs = Path.Combine(FolderOf(name), "refs");
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (!Directory.Exists(refs))
            return found;
        foreach (string file in Directory.EnumerateFiles(refs, "*", Nested))
        {
            if (ReadRef(file) is { } commit)
                found[Path.GetRelativePath(refs, file).Replace(Path.DirectorySeparatorChar, '/')] = commit;
        }
        return found;
    }

    /// <summary>The commits of a model that it has files of.</summary>
    public IReadOnlyList<CachedSnapshot> Snapshots(ModelName name)
    {
        string snapshots = Path.Combine(FolderOf(name), "snapshots");
        return !Directory.Exists(snapshots) ? [] :
        [
            .. Directory.EnumerateDirectories(snapshots).Where(path => ModelName.IsWholeCommit(Path.GetFileName(path)))
                .Order(StringComparer.Ordinal).Select(path => new CachedSnapshot(folder, path)),
        ];
    }

    /// <summary>The commit that a revision is at; null where the cache doesn't know.</summary>
    public string? CommitOf(ModelName name) =>
        name.IsCommit ? name.Revision : ReadRef(Path.Combine([FolderOf(name), "refs", .. name.Revision.Split('/')]));

    /// <summary>A model's files, whatever state they are in.</summary>
    /// <exception cref="NotCachedException">It has none.</exception>
    public CachedSnapshot Snapshot(ModelName name)
    {
        if (!Directory.Exists(FolderOf(name)))
            throw new NotCachedException(name, $"{name.Name} isn't in the cache ({folder}).");
        if (CommitOf(name) is not { } commit)
        {
            throw new NotCachedException(
                name, $"The cache ({FolderOf(name)}) has no revision {Quoted.Name(name.Revision)} of {name.Name}{Hint(name)}.");
        }
        string path = SnapshotFolder(name, commit);
        if (!Directory.Exists(path))
            throw new NotCachedException(name, $"{name} isn't in the cache ({FolderOf(name)}): there are no files of its commit {commit}.");
        return new CachedSnapshot(folder, path);
    }

    /// <summary>The folder of a model that can be opened.</summary>
    /// <param name="name">It.</param>
    /// <exception cref="NotCachedException">It isn't there, or not all of it.</exception>
    /// <exception cref="HubException">A link in it leaves the cache.</exception>
    public string Find(ModelName name)
    {
        CachedSnapshot snapshot = Snapshot(name);
        if (snapshot.Files.Any(file => file.IsOutside))
        {
            throw new HubException(
                $"{name} isn't opened: {snapshot.Damage}. Remove the model (cogvideox models remove {name.Name}) and download it again.");
        }
        IReadOnlyList<string> missing = SnapshotParts.Missing(snapshot.Path);
        if (missing.Count == 0)
            return snapshot.Path;
        string[] gone = [.. snapshot.Files.Where(file => file.Bytes is null).Select(file => file.Name).Intersect(missing)];
        throw gone.Length > 0
            ? new NotCachedException(
                name, $"The cache is damaged ({snapshot.Path}): {gone[0]} is a link to a file that is gone.")
            : new NotCachedException(
                name, $"{name} is incomplete in the cache ({snapshot.Path}): {List(missing)} missing.{Begun(name)}");
    }

    /// <summary>The name by which a folder is found again, with its commit; null where it is none of this cache's models.</summary>
    public string? NameOf(string path)
    {
        string relative = Path.GetRelativePath(folder, Path.GetFullPath(path));
        return relative.Split(Path.DirectorySeparatorChar) is [{ } model, "snapshots", { } commit]
            && ModelName.IsWholeCommit(commit) && ModelName.OfFolder(model) is { } name ? $"{name.Name}@{commit}" : null;
    }

    // Short, or it is no commit.
    private static string? ReadRef(string file)
    {
        if (!File.Exists(file) || new FileInfo(file).Length > 100)
            return null;
        string text = File.ReadAllText(file).Trim();
        return ModelName.IsWholeCommit(text) ? text : null;
    }

    private string Hint(ModelName name)
    {
        if (name.Revision.Length is >= 4 and < 40 && name.Revision.All(char.IsAsciiHexDigitLower))
            return ", and a shortened commit isn't looked up: give all 40 digits";
        string[] has = [.. Refs(name).Keys.Take(Listed)];
        return has.Length == 0 ? "" : $", but {Words(has)}";
    }

    private string Begun(ModelName name)
    {
        string blobs = Path.Combine(FolderOf(name), "blobs");
        return Directory.Exists(blobs) && Directory.EnumerateFiles(blobs, $"*{BlobFile.Unfinished}").Any()
            ? " A download of it was interrupted."
            : "";
    }

    private static string Words(IReadOnlyList<string> names) => string.Join(", ", names.Select(name => Quoted.Line(name)));

    private static string List(IReadOnlyList<string> files) =>
        files.Count == 1 ? $"{files[0]} is"
        : files.Count <= Listed ? $"{Words(files)} are"
        : $"{Words([.. files.Take(Listed)])} and {files.Count - Listed} more are";
}
