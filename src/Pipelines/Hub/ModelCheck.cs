using System.Security.Cryptography;

namespace CogVideoX.Pipelines.Hub;

/// <summary>Whether the bytes of a cached model are those that their blobs' names are checksums of.</summary>
internal static class ModelCheck
{
    /// <param name="snapshot">The model.</param>
    /// <param name="progress">Told how many bytes are read, of how many.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>A verdict for each file, and for those that are missing.</returns>
    public static async Task<IReadOnlyList<CheckedFile>> RunAsync(
        CachedSnapshot snapshot, IProgress<(long Done, long Total)>? progress = null, CancellationToken cancellation = default)
    {
        var verdicts = new List<CheckedFile>();
        long done = 0, total = snapshot.Bytes;
        foreach (CachedFile file in snapshot.Files)
            verdicts.Add(new CheckedFile(file.Name, file.Place, file.Bytes ?? 0, await JudgeAsync(file, Read, cancellation)));
        IEnumerable<string> missing = SnapshotParts.Missing(snapshot.Path).Except(snapshot.Files.Select(file => file.Name));
        verdicts.AddRange(missing.Select(name => new CheckedFile(name, Path.Combine(snapshot.Path, name), 0, FileVerdict.Missing)));
        return verdicts;

        void Read(int bytes) => progress?.Report((done += bytes, total));
    }

    private static async Task<FileVerdict> JudgeAsync(CachedFile file, Action<int> read, CancellationToken cancellation)
    {
        string name = Path.GetFileName(file.Place);
        if (file.Bytes is not { } bytes)
            return file.IsOutside ? FileVerdict.Outside : FileVerdict.Missing;
        if (!BlobFile.IsName(name))
            return FileVerdict.Unknown;
        using IncrementalHash hash = BlobFile.Begin(name, bytes);
        await using (var stream = new FileStream(file.Place, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0))
            await BlobFile.AppendAsync(hash, stream, read, cancellation);
        return BlobFile.Fits(name, hash) ? FileVerdict.Right : FileVerdict.Damaged;
    }
}

/// <summary>What was found of a file.</summary>
/// <param name="Name">From the model's root, with <c>/</c>.</param>
/// <param name="Place">Where its bytes are.</param>
/// <param name="Bytes">How many it has.</param>
/// <param name="Verdict">Whether they are right.</param>
internal sealed record CheckedFile(string Name, string Place, long Bytes, FileVerdict Verdict);

/// <summary>Whether a file is as it was published.</summary>
internal enum FileVerdict
{
    /// <summary>Its bytes have its checksum.</summary>
    Right,

    /// <summary>They don't.</summary>
    Damaged,

    /// <summary>There are none, or a link to nothing.</summary>
    Missing,

    /// <summary>It is a link out of the cache, and wasn't read.</summary>
    Outside,

    /// <summary>Nothing here says what they should be: a cache without links.</summary>
    Unknown,
}
