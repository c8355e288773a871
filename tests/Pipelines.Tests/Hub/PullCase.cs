using CogVideoX.Pipelines.Hub;
using CogVideoX.Testing;
using CogVideoX.Testing.Hub;

namespace CogVideoX.Pipelines.Tests.Hub;

/// <summary>A Hub with a tiny model, and an empty cache to pull it into. Nobody waits a second.</summary>
public abstract class PullCase : IAsyncDisposable
{
    internal const string Weights = "transformer/diffusion_pytorch_model.safetensors"; // by far the largest

    private readonly TemporaryFolder folder = new();

    internal static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    internal static ModelName Name { get; } = ModelName.Parse(FakeHub.Name);

    internal FakeHub Hub { get; } = FakeHub.Start(TestModels.Tiny2b);

    internal HubCache Cache => new(folder.File("hub"));

    internal ImpatientClock Clock { get; } = new();

    internal HubTimes Times => new()
    {
        Clock = Clock,
        Answer = TimeSpan.FromSeconds(20),
        Silence = TimeSpan.FromSeconds(20),
        Look = TimeSpan.FromMilliseconds(5),
    };

    internal HubSettings Settings => new() { CacheFolder = Cache.Folder, Endpoint = Hub.Address };

    internal byte[] WeightBytes => Hub.Files[Weights];

    internal string WeightBlob => Path.Combine(Cache.FolderOf(Name), "blobs", FakeHub.ChecksumOf(Weights, WeightBytes));

    internal string Snapshot => Cache.SnapshotFolder(Name, FakeHub.Commit);

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        folder.Dispose();
        GC.SuppressFinalize(this);
    }

    internal Task<string> PullAsync(IProgress<PullProgress>? progress = null, CancellationToken? cancellation = null) =>
        PullAsync(Settings, Times, progress, cancellation);

    internal async Task<string> PullAsync(
        HubSettings settings, HubTimes times, IProgress<PullProgress>? progress = null, CancellationToken? cancellation = null)
    {
        using var client = new HubClient(settings, times);
        ModelPull pull = await ModelPull.PlanAsync(client, Cache, Name, Cancellation);
        return await pull.RunAsync(progress, cancellation ?? Cancellation);
    }

    /// <summary>A pull that must fail, with a message of one line that says all of this.</summary>
    internal async Task<HubException> FailsAsync(HubSettings settings, HubTimes times, params string[] says)
    {
        HubException failure = await Assert.ThrowsAnyAsync<HubException>(() => PullAsync(settings, times));
        Assert.All(says, text => Assert.Contains(text, failure.Message));
        Assert.DoesNotContain('\n', failure.Message);
        Assert.Null(Cache.CommitOf(Name));
        return failure;
    }

    internal Task<HubException> FailsAsync(params string[] says) => FailsAsync(Settings, Times, says);

    internal void AssertWhole()
    {
        string found = Cache.Find(Name);
        Assert.Equal(Snapshot, found);
        string[] needed = [.. Directory.EnumerateFiles(TestModels.Tiny2b, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(TestModels.Tiny2b, file))];
        Assert.All(needed, name => Assert.Equal(
            File.ReadAllBytes(Path.Combine(TestModels.Tiny2b, name)), File.ReadAllBytes(Path.Combine(found, name))));
        IEnumerable<string> all = Directory.EnumerateFiles(Cache.Folder, "*", SearchOption.AllDirectories);
        Assert.DoesNotContain(all, file => Path.GetExtension(file) is ".incomplete" or ".tmp");
    }

    /// <summary>What a progress is told, at once.</summary>
    internal sealed class Told : IProgress<PullProgress>
    {
        public List<PullProgress> All { get; } = [];

        public Action<PullProgress> Then { get; init; } = _ => { };

        public IEnumerable<string> Messages => All.Select(progress => progress.Message).OfType<string>();

        public void Report(PullProgress value)
        {
            All.Add(value);
            Then(value);
        }
    }
}
