using CogVideoX.Models.Configuration;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Hub;

/// <summary>A download of a model into the cache: which of its files are needed, and which of these are there already.</summary>
internal sealed class ModelPull
{
    private const long Spare = 64 << 20; // what a file system keeps beside the files, and whoever else writes there

    private readonly HubClient client;
    private readonly HubCache cache;
    private readonly HubModel model;

    private ModelPull(HubClient client, HubCache cache, HubModel model)
    {
        this.client = client;
        this.cache = cache;
        this.model = model;
        Files = [.. NeededFiles.Of(model).Select(Look)];
    }

    /// <summary>The commit that the revision is at.</summary>
    public string Commit => model.Commit;

    /// <summary>The files that are needed.</summary>
    public IReadOnlyList<PulledFile> Files { get; }

    /// <summary>Of all files, as far as the Hub says.</summary>
    public long TotalBytes => Files.Sum(file => file.Bytes ?? 0);

    /// <summary>What is still to come.</summary>
    public long MissingBytes => Files.Sum(file => (file.Bytes ?? 0) - file.Present);

    /// <summary>Whether snapshots have links; null to try. For tests.</summary>
    public bool? MakesLinks { get; set; }

    /// <summary>How many bytes are free where a folder is. For tests.</summary>
    public Func<string, long?> FreeBytes { get; set; } = FreeSpace.At;

    /// <summary>Asks what a model consists of, and looks what of it is there.</summary>
    /// <param name="client">The Hub.</param>
    /// <param name="cache">The cache.</param>
    /// <param name="name">The model.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <param name="said">Told what is waited for.</param>
    /// <exception cref="HubException">The Hub can't be asked, has no such model, or none that could run here.</exception>
    public static async Task<ModelPull> PlanAsync(
        HubClient client, HubCache cache, ModelName name, CancellationToken cancellation = default, Action<string>? said = null)
    {
        HubModel model = await HubRetries.Create(client.Times, said).ExecuteAsync(
            async token => await client.DescribeAsync(name, token), cancellation);
        return new ModelPull(client, cache, model);
    }

    /// <summary>Brings what is missing, and then lets the revision name the commit.</summary>
    /// <param name="progress">Told of each megabyte or so, and what is waited for.</param>
    /// <param name="cancellation">Stops it; what came is kept, and another pull goes on.</param>
    /// <returns>The model's folder.</returns>
    /// <exception cref="HubException">There isn't enough space, or a file can't be had.</exception>
    public async Task<string> RunAsync(IProgress<PullProgress>? progress = null, CancellationToken cancellation = default)
    {
        CheckSpace();
        var snapshots = new Snapshots(cache, MakesLinks);
        string folder = cache.SnapshotFolder(model.Name, Commit);
        long done = Files.Sum(file => file.Present);
        string at = "";
        var download = new BlobDownload(client, cache, model, Arrived, Said);
        foreach (PulledFile file in Files)
        {
            at = file.Name;
            if (!file.IsPlaced)
                await download.GetAsync(file.Name, snapshots, Path.Combine(folder, file.Name), cancellation);
            if (file.Name == ModelIndex.FileName)
                CheckPipeline(folder);
        }
        IReadOnlyList<string> missing = SnapshotParts.Missing(folder);
        if (missing.Count > 0)
        {
            throw new HubException(
                $"{model.Name} lacks {Quoted.Names(missing)} on the Hub itself, so it can't be run. What came is in {folder}.");
        }
        snapshots.WriteRef(model.Name, Commit);
        return folder;

        void Arrived(long bytes) => progress?.Report(new PullProgress(at, done += bytes, TotalBytes, null));

        void Said(string message) => progress?.Report(new PullProgress(at, done, TotalBytes, message));
    }

    // Where there are links, a blob that is there needs only its link.
    private PulledFile Look(HubFile file)
    {
        string placed = Path.Combine(cache.SnapshotFolder(model.Name, Commit), file.Name);
        if (CachedSnapshot.Has(placed) && (file.Bytes is null || new FileInfo(CachedSnapshot.PlaceOf(placed)!).Length == file.Bytes))
            return new PulledFile(file.Name, file.Bytes, file.Bytes ?? 0, IsPlaced: true);
        string? blob = file.Checksum is { } checksum ? Path.Combine(cache.FolderOf(model.Name), "blobs", checksum) : null;
        string part = blob + BlobFile.Unfinished;
        long present = blob is null || file.Bytes is not { } bytes ? 0
            : File.Exists(blob) && new FileInfo(blob).Length == bytes ? bytes
            : File.Exists(part) ? Math.Min(new FileInfo(part).Length, bytes)
            : 0;
        return new PulledFile(file.Name, file.Bytes, present, IsPlaced: false);
    }

    private void CheckSpace()
    {
        long free = FreeBytes(cache.Folder) ?? long.MaxValue;
        if (MissingBytes > 0 && free < MissingBytes + Spare)
        {
            throw new HubException(
                $"{model.Name} needs {ByteSize.ToText(MissingBytes)} more on the disk of {cache.Folder}, which has {ByteSize.ToText(free)} "
                + "free; nothing was downloaded. Free some space, or set HF_HUB_CACHE to a folder on another disk.");
        }
    }

    private void CheckPipeline(string folder)
    {
        var index = ModelIndex.Read(folder);
        if (!ModelFolder.Knows(index.PipelineClass))
        {
            throw new HubException(
                $"{model.Name} is a {index.PipelineClass}, which isn't supported, so its weights aren't downloaded. Name a model such as "
                + "THUDM/CogVideoX-2b.");
        }
    }
}

/// <summary>A file that a pull is for.</summary>
/// <param name="Name">From the model's root, with <c>/</c>.</param>
/// <param name="Bytes">How many it has; null where the Hub doesn't say beforehand.</param>
/// <param name="Present">How many of them are there.</param>
/// <param name="IsPlaced">Whether it is in the snapshot, whole.</param>
internal sealed record PulledFile(string Name, long? Bytes, long Present, bool IsPlaced);

/// <summary>Where a pull stands.</summary>
/// <param name="File">What is downloaded.</param>
/// <param name="Done">Bytes of all files that are there.</param>
/// <param name="Total">Bytes of all files.</param>
/// <param name="Message">What is waited for, and why; null where bytes came.</param>
internal readonly record struct PullProgress(string File, long Done, long Total, string? Message);
