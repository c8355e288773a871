using CogVideoX.Pipelines.Hub;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Hub;

/// <summary>What is removed from a cache, and what is found damaged in it.</summary>
public sealed class ModelCareTests : IDisposable
{
    private static readonly ModelName Whole = ModelName.Parse("THUDM/CogVideoX-5b");
    private static readonly ModelName Part = Whole with { Revision = "refs/pr/7" };

    private readonly TemporaryFolder folder = new();
    private readonly HubCache cache;

    public ModelCareTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the layout has links");
        CacheLayout.Make(folder.Path);
        cache = new HubCache(folder.File("hub"));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ModelGoesWithEverything()
    {
        string of = cache.FolderOf(Whole);
        long bytes = Directory.EnumerateFiles(Path.Combine(of, "blobs")).Sum(file => new FileInfo(file).Length);
        Directory.CreateDirectory(folder.File("hub/.locks/models--THUDM--CogVideoX-5b"));
        var removal = ModelRemoval.Plan(cache, Whole, revisionAlone: false);
        Assert.InRange(removal.Bytes, bytes, bytes + 100); // and the refs
        Assert.True(Directory.Exists(of));
        removal.Run();
        Assert.False(Directory.Exists(of));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.File("hub/.locks")));
        Assert.True(Directory.Exists(cache.FolderOf(ModelName.Parse("THUDM/CogVideoX-2b"))));
    }

    [Fact]
    public void RevisionLeavesBlobsThatAnotherUses()
    {
        var removal = ModelRemoval.Plan(cache, Part, revisionAlone: true);
        Assert.Equal(0, removal.Bytes);
        removal.Run();
        Assert.Null(cache.CommitOf(Part));
        Assert.Single(cache.Snapshots(Whole));
        Assert.NotNull(cache.Find(Whole));
    }

    [Fact]
    public void RevisionTakesBlobsThatNoOtherUses()
    {
        long all = cache.Snapshot(Whole).Bytes, shared = cache.Snapshot(Part).Bytes;
        var removal = ModelRemoval.Plan(cache, Whole, revisionAlone: true);
        Assert.Equal(all - shared, removal.Bytes);
        removal.Run();
        Assert.Single(Directory.EnumerateFiles(Path.Combine(cache.FolderOf(Whole), "blobs")));
        Assert.Equal(shared, cache.Snapshot(Part).Bytes);
    }

    [Fact]
    public void OnlyRevisionIsTheModel()
    {
        var copied = ModelName.Parse("zai-org/CogVideoX1.5-5B");
        ModelRemoval.Plan(cache, copied, revisionAlone: true).Run();
        Assert.False(Directory.Exists(cache.FolderOf(copied)));
    }

    [Fact]
    public void LinkOutOfTheCacheIsRemovedAndNotWhatItLeadsTo()
    {
        ModelRemoval.Plan(cache, ModelName.Parse("someone/link-outside"), revisionAlone: false).Run();
        Assert.True(File.Exists(folder.File("secret.json")));
        string elsewhere = folder.File("elsewhere");
        Directory.Move(cache.FolderOf(Whole), elsewhere);
        File.CreateSymbolicLink(cache.FolderOf(Whole), elsewhere);
        ModelRemoval.Plan(cache, Whole, revisionAlone: false).Run();
        Assert.True(File.Exists(Path.Combine(elsewhere, "refs", "main")));
        Assert.False(Path.Exists(cache.FolderOf(Whole)));
    }

    [Fact]
    public void WhatIsBeingDownloadedStays()
    {
        string locks = folder.File("hub/.locks/models--THUDM--CogVideoX-5b");
        Directory.CreateDirectory(locks);
        using var held = new FileStream(Path.Combine(locks, "x.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        Assert.Contains(
            "is being downloaded", Assert.Throws<HubException>(() => ModelRemoval.Plan(cache, Whole, revisionAlone: false)).Message);
    }

    [Fact]
    public void WhatIsNotThereIsSaid()
    {
        foreach (bool alone in new[] { true, false })
            Assert.Throws<NotCachedException>(() => ModelRemoval.Plan(cache, ModelName.Parse("no/body"), alone));
    }

    [Fact]
    public async Task DamagedFileIsNamed()
    {
        Assert.All(await CheckAsync(Whole), file => Assert.Equal(FileVerdict.Right, file.Verdict));
        string[] spoiled = ["vae/diffusion_pytorch_model.safetensors", "transformer/config.json"]; // SHA-256 and git's SHA-1
        CachedSnapshot snapshot = cache.Snapshot(Whole);
        foreach (string name in spoiled)
        {
            string place = snapshot.Files.Single(file => file.Name == name).Place;
            byte[] bytes = File.ReadAllBytes(place);
            bytes[^3] ^= 1;
            File.WriteAllBytes(place, bytes);
        }
        Assert.Equal(
            spoiled.Order(StringComparer.Ordinal),
            (await CheckAsync(Whole)).Where(file => file.Verdict == FileVerdict.Damaged).Select(file => file.Name));
    }

    [Fact]
    public async Task WhatCannotBeJudgedIsSaid()
    {
        CheckedFile missing = Assert.Single(
            await CheckAsync(ModelName.Parse("THUDM/CogVideoX-2b")), file => file.Verdict != FileVerdict.Right);
        Assert.Equal(("transformer/diffusion_pytorch_model.safetensors", FileVerdict.Missing), (missing.Name, missing.Verdict));
        Assert.All(
            await CheckAsync(ModelName.Parse("zai-org/CogVideoX1.5-5B")), file => Assert.Equal(FileVerdict.Unknown, file.Verdict));
        Assert.Equal(FileVerdict.Missing, Assert.Single(await CheckAsync(ModelName.Parse("someone/broken-links"))).Verdict);
        Assert.Equal(FileVerdict.Outside, Assert.Single(await CheckAsync(ModelName.Parse("someone/link-outside"))).Verdict);
    }

    private Task<IReadOnlyList<CheckedFile>> CheckAsync(ModelName name) =>
        ModelCheck.RunAsync(cache.Snapshot(name), cancellation: TestContext.Current.CancellationToken);
}
