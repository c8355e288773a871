using CogVideoX.Tensors.Files;

namespace CogVideoX.Pipelines.Hub;

/// <summary>What of the cache goes with a model, or with one revision of it: also the blobs that no other revision uses.</summary>
internal sealed class ModelRemoval
{
    private readonly List<string> folders = [], files = [];

    private ModelRemoval(ModelName name) => Name = name;

    /// <summary>The model.</summary>
    public ModelName Name { get; }

    /// <summary>How many bytes that frees.</summary>
    public long Bytes { get; private set; }

    /// <summary>The folders and files that go.</summary>
    public IReadOnlyList<string> Paths => [.. folders, .. files];

    /// <summary>Finds out what goes; nothing is removed yet.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="name">The model.</param>
    /// <param name="revisionAlone">Whether its other revisions stay.</param>
    /// <exception cref="NotCachedException">It isn't there.</exception>
    /// <exception cref="HubException">It is being downloaded.</exception>
    public static ModelRemoval Plan(HubCache cache, ModelName name, bool revisionAlone)
    {
        CheckLocks(cache, name);
        var removal = new ModelRemoval(name);
        CachedSnapshot[] all = [.. cache.Snapshots(name)];
        if (!revisionAlone)
            removal.AddAll(cache, name);
        else if (all is [{ } only] && only.Commit == cache.Snapshot(name).Commit)
            removal.AddAll(cache, name);
        else
            removal.AddRevision(cache, name, cache.Snapshot(name), all);
        return removal;
    }

    /// <summary>Removes it.</summary>
    public void Run()
    {
        files.ForEach(File.Delete); // names first, bytes last: what is interrupted stays without names
        foreach (string folder in folders)
        {
            if (new DirectoryInfo(folder).LinkTarget is null)
                Directory.Delete(folder, recursive: true); // which removes links, and not what they lead to
            else
                Directory.Delete(folder);
        }
    }

    private static void CheckLocks(HubCache cache, ModelName name)
    {
        string locks = BlobLock.FolderOf(cache, name);
        if (!Directory.Exists(locks))
            return;
        foreach (string file in Directory.EnumerateFiles(locks, "*.lock"))
        {
            using FileStream? free = BlobLock.TryTake(file);
            if (free is null)
            {
                throw new HubException(
                    $"{name.Name} is being downloaded ({file} is locked); wait for the end of that, or stop it, and remove it then.");
            }
        }
    }

    private void AddAll(HubCache cache, ModelName name)
    {
        string folder = cache.FolderOf(name), locks = BlobLock.FolderOf(cache, name);
        if (!Directory.Exists(folder))
            _ = cache.Snapshot(name); // says that it isn't there
        folders.Add(folder);
        if (Directory.Exists(locks))
            folders.Add(locks);
        var every = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        Bytes = Directory.EnumerateFiles(folder, "*", every).Sum(file => new FileInfo(file).Length);
    }

    private void AddRevision(HubCache cache, ModelName name, CachedSnapshot snapshot, CachedSnapshot[] all)
    {
        string folder = cache.FolderOf(name), blobs = RealPath.Of(Path.Combine(folder, "blobs")) + Path.DirectorySeparatorChar;
        files.AddRange(cache.Refs(name).Where(entry => entry.Value == snapshot.Commit)
            .Select(entry => Path.Combine([folder, "refs", .. entry.Key.Split('/')])));
        if (all.FirstOrDefault(one => one.IsCut) is { } cut)
        {
            throw new HubException(
                $"{cut.Path} has more files than are looked through, so that nobody could say which are still needed; remove it by hand.");
        }
        IEnumerable<CachedSnapshot> others = all.Where(other => other.Commit != snapshot.Commit);
        HashSet<string> kept = [.. others.SelectMany(other => other.Files).Select(file => file.Place)];
        foreach (CachedFile file in snapshot.Files.DistinctBy(file => file.Place))
        {
            bool isBlob = file.Place.StartsWith(blobs, StringComparison.Ordinal);
            bool isOwn = file.Place.StartsWith(snapshot.Path + Path.DirectorySeparatorChar, StringComparison.Ordinal);
            if (file.Bytes is not { } bytes || kept.Contains(file.Place) || !(isBlob || isOwn))
                continue;
            Bytes += bytes;
            if (isBlob)
                files.Add(file.Place);
        }
        folders.Add(snapshot.Path);
    }
}
