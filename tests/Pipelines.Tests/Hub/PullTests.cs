using System.Text.Json.Nodes;
using CogVideoX.Pipelines.Hub;
using CogVideoX.Testing.Hub;

namespace CogVideoX.Pipelines.Tests.Hub;

/// <summary>A model comes into the cache as huggingface_hub would have put it there, whatever happens on the way.</summary>
public sealed class PullTests : PullCase
{
    [Fact]
    public async Task WhatIsNeededComesInTheLayoutOfTheCache()
    {
        var told = new Told();
        Assert.Equal(Snapshot, await PullAsync(told));
        AssertWhole();
        Assert.Equal(FakeHub.Commit, File.ReadAllText(Path.Combine(Cache.FolderOf(Name), "refs", "main")));
        string link = new FileInfo(Path.Combine(Snapshot, Weights)).LinkTarget!;
        Assert.Equal($"../../../blobs/{Path.GetFileName(WeightBlob)}", link);
        string[] pulled = [.. Directory.EnumerateFiles(Snapshot, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Snapshot, file))];
        Assert.Equal(16, pulled.Length); // no page, no twin in another format or type
        Assert.Equal((told.All[^1].Total, told.All[^1].Total), (told.All[^1].Done, pulled.Sum(name => Hub.Files[name].LongLength)));
        using var pipeline = CogVideoXPipeline.Open(Snapshot);
    }

    [Fact]
    public async Task WhatIsThereIsNotAskedForAgain()
    {
        await PullAsync();
        int asked = Hub.Asked.Count;
        await PullAsync();
        Assert.Equal(asked + 1, Hub.Asked.Count); // the listing
        File.Delete(Path.Combine(Snapshot, Weights)); // the link; the blob is there
        await PullAsync();
        Assert.Equal(1, Hub.Downloads(Weights));
        AssertWhole();
    }

    [Fact]
    public async Task PlanSaysWhatIsMissing()
    {
        using var client = new HubClient(Settings, Times);
        ModelPull pull = await ModelPull.PlanAsync(client, Cache, Name, Cancellation);
        Assert.Equal(pull.TotalBytes, pull.MissingBytes);
        Assert.Equal("model_index.json", pull.Files[0].Name);
        Assert.False(Directory.Exists(Cache.Folder)); // planning writes nothing
        await PullAsync();
        pull = await ModelPull.PlanAsync(client, Cache, Name, Cancellation);
        Assert.Equal(0, pull.MissingBytes);
    }

    [Fact]
    public async Task WhatAnInterruptedPullLeftIsGoneOnWith()
    {
        await AssertGoesOnAsync(async () =>
        {
            using var stop = new CancellationTokenSource();
            var told = new Told { Then = progress => StopAt(progress, stop) };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PullAsync(told, stop.Token));
        });

        static void StopAt(PullProgress progress, CancellationTokenSource stop)
        {
            if (progress.File == Weights)
                stop.Cancel();
        }
    }

    // What a killed process, or Python, leaves; also more than there should be, and bytes of another file.
    [Theory]
    [InlineData(0, true)]
    [InlineData(1000, true)]
    [InlineData(-1, true)]
    [InlineData(int.MaxValue, true)]
    [InlineData(1000, false)]
    [InlineData(int.MaxValue, false)]
    public async Task UnfinishedFileOfAnybodyIsGoneOnWith(int length, bool right)
    {
        byte[] bytes = length == int.MaxValue ? [.. WeightBytes, .. right ? [] : new byte[10]]
            : length < 0 ? WeightBytes[..^1] : WeightBytes[..length];
        if (!right && length < bytes.Length + 1)
            Array.Fill(bytes, (byte)7);
        Directory.CreateDirectory(Path.GetDirectoryName(WeightBlob)!);
        File.WriteAllBytes($"{WeightBlob}.incomplete", bytes);
        await PullAsync();
        AssertWhole();
        (string _, string _, string _, string? range, string? ifRange, string? _) = Hub.Asked.FirstOrDefault(IsWeights);
        Assert.Equal((length is int.MaxValue or 0 ? null : $"bytes={bytes.Length}-", null), (range, ifRange));
        int whole = length == int.MaxValue ? 0 : 1; // the bytes were all there
        Assert.Equal(right ? whole : whole + 1, Hub.Downloads(Weights));
    }

    [Fact]
    public async Task ConnectionThatBreaksIsTakenUpWhereItBroke()
    {
        int tries = 0;
        Hub.OnStorage = async context =>
        {
            if (!context.Request.Path.Value!.EndsWith(Weights) || ++tries > 1)
                return false;
            context.Response.Headers.ETag = "\"first\"";
            await FakeHub.BreakOffAsync(context, WeightBytes, WeightBytes.Length / 2);
            return true;
        };
        var told = new Told();
        await PullAsync(told);
        AssertWhole();
        (string _, string _, string _, string? range, string? ifRange, string? _) = Hub.Asked.Where(IsWeights).Last();
        Assert.Equal(($"bytes={WeightBytes.Length / 2}-", "\"first\""), (range, ifRange)); // the storage's tag is another now: all came
        Assert.Contains(told.Messages, message => message.Contains("broke") && message.Contains("Trying again in"));
        Assert.Single(Clock.Waits);
    }

    [Fact]
    public async Task LineThatBreaksOftenBringsTheFileAllTheSame()
    {
        int tries = 0, step = (WeightBytes.Length / 20) + 1;
        string tag = "\"same\"";
        Hub.OnStorage = async context =>
        {
            if (!context.Request.Path.Value!.EndsWith(Weights))
                return false;
            tries++;
            int from = context.Request.Headers.Range.Count == 0 ? 0 : int.Parse(context.Request.Headers.Range.ToString()[6..^1]);
            context.Response.Headers.ETag = tag;
            if (from > 0)
            {
                context.Response.StatusCode = 206;
                context.Response.Headers.ContentRange = $"bytes {from}-{WeightBytes.Length - 1}/{WeightBytes.Length}";
            }
            await FakeHub.BreakOffAsync(context, WeightBytes[from..], Math.Min(step, WeightBytes.Length - from));
            return true;
        };
        await PullAsync();
        AssertWhole();
        Assert.True(tries >= 20, $"{tries} tries"); // more than without any bytes
    }

    [Fact]
    public async Task FileThatChangesBetweenTwoRequestsIsNotMixed()
    {
        byte[] before = WeightBytes;
        int tries = 0;
        Hub.OnStorage = async context =>
        {
            if (!context.Request.Path.Value!.EndsWith(Weights))
                return false;
            if (++tries == 1)
            {
                await FakeHub.BreakOffAsync(context, before, 1000);
                return true;
            }
            byte[] other = [.. before];
            other[2000] ^= 1;
            await FakeHub.GiveAsync(context, tries < 4 ? other : before, $"tag{tries}");
            return true;
        };
        await PullAsync();
        AssertWhole();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TwoPullsShareOneDownload(bool links)
    {
        using var begun = new SemaphoreSlim(0);
        using var go = new SemaphoreSlim(0);
        Hub.OnStorage = async context =>
        {
            if (context.Request.Path.Value!.EndsWith(Weights))
            {
                begun.Release();
                await go.WaitAsync();
            }
            return false;
        };
        Task<string> first = RunAsync(null);
        await begun.WaitAsync(Cancellation);
        var told = new Told { Then = _ => go.Release() };
        Task<string> second = RunAsync(told);
        Assert.Equal([Snapshot, Snapshot], await Task.WhenAll(first, second));
        AssertWhole();
        Assert.Equal(1, Hub.Downloads(Weights));
        Assert.Contains(told.Messages, message => message.Contains("Another process downloads the same file"));

        async Task<string> RunAsync(Told? told)
        {
            using var client = new HubClient(Settings, Times);
            ModelPull pull = await ModelPull.PlanAsync(client, Cache, Name, Cancellation);
            pull.MakesLinks = links;
            return await pull.RunAsync(told, Cancellation);
        }
    }

    [Fact]
    public async Task WithoutLinksABlobThatOthersLeadToIsCopied()
    {
        await PullAsync();
        File.Delete(Path.Combine(Snapshot, Weights));
        using var client = new HubClient(Settings, Times);
        ModelPull pull = await ModelPull.PlanAsync(client, Cache, Name, Cancellation);
        pull.MakesLinks = false;
        await pull.RunAsync(cancellation: Cancellation);
        Assert.True(File.Exists(WeightBlob));
        Assert.Null(new FileInfo(Path.Combine(Snapshot, Weights)).LinkTarget);
        AssertWhole();
    }

    [Fact]
    public async Task WithoutLinksTheFilesThemselvesAreInTheSnapshot()
    {
        for (int times = 0; times < 2; times++)
        {
            using var client = new HubClient(Settings, Times);
            ModelPull plan = await ModelPull.PlanAsync(client, Cache, Name, Cancellation);
            plan.MakesLinks = false;
            await plan.RunAsync(cancellation: Cancellation);
        }
        AssertWhole();
        Assert.Null(new FileInfo(Path.Combine(Snapshot, Weights)).LinkTarget);
        Assert.Empty(Directory.EnumerateFiles(Path.GetDirectoryName(WeightBlob)!));
        Assert.Equal(1, Hub.Downloads(Weights));
    }

    [Fact]
    public async Task ListingWithoutSizesDoes()
    {
        Hub.OnListing = listing =>
        {
            foreach (JsonNode? entry in (JsonArray)listing["siblings"]!)
            {
                ((JsonObject)entry!).Remove("size");
                ((JsonObject)entry!).Remove("lfs");
            }
        };
        await PullAsync();
        AssertWhole();
    }

    [Fact]
    public async Task ShardsThatTheIndexNamesCome()
    {
        string[] shards = [.. Hub.Files.Keys.Where(name => name.StartsWith("text_encoder/model-"))];
        Assert.Equal(5, shards.Length);
        await PullAsync();
        Assert.All(shards, shard => Assert.Equal(1, Hub.Downloads(shard)));
    }

    [Theory]
    [InlineData("refs/pr/7", "refs%2Fpr%2F7")]
    [InlineData(FakeHub.Commit, FakeHub.Commit)]
    public async Task RevisionIsAskedForAndNamed(string revision, string asked)
    {
        var name = ModelName.Parse($"{FakeHub.Name}@{revision}");
        using var client = new HubClient(Settings, Times);
        ModelPull pull = await ModelPull.PlanAsync(client, Cache, name, Cancellation);
        await pull.RunAsync(cancellation: Cancellation);
        Assert.Equal($"/api/models/me/tiny/revision/{asked}", Hub.Asked.First().Path);
        Assert.Equal(Snapshot, Cache.Find(name));
        Assert.Equal(name.IsCommit ? [] : [revision], Cache.Refs(Name).Keys);
    }

    [Fact]
    public async Task ModelOfARenamedOwnerIsFollowed()
    {
        Hub.OnHub = context =>
        {
            string path = context.Request.Path.Value!;
            if (!path.Contains("me/old"))
                return Task.FromResult(false);
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = path.Replace("me/old", FakeHub.Name) + context.Request.QueryString;
            return Task.FromResult(true);
        };
        var old = ModelName.Parse("me/old");
        using var client = new HubClient(Settings, Times);
        ModelPull pull = await ModelPull.PlanAsync(client, Cache, old, Cancellation);
        await pull.RunAsync(cancellation: Cancellation);
        Assert.Equal(Cache.SnapshotFolder(old, FakeHub.Commit), Cache.Find(old));
    }

    private static bool IsWeights((string Part, string Method, string Path, string? Range, string? IfRange, string? Token) request) =>
        request.Part == "storage" && request.Path.EndsWith(Weights);

    private async Task AssertGoesOnAsync(Func<Task> interrupt)
    {
        Hub.OnStorage = async context =>
        {
            if (!context.Request.Path.Value!.EndsWith(Weights))
                return false;
            context.Response.ContentLength = WeightBytes.Length;
            await context.Response.Body.WriteAsync(WeightBytes.AsMemory(0, 5000));
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };
        await interrupt();
        Assert.Throws<NotCachedException>(() => Cache.Find(Name));
        Assert.Null(Cache.CommitOf(Name));
        long came = new FileInfo($"{WeightBlob}.incomplete").Length;
        Assert.InRange(came, 1, 5000);
        Hub.OnStorage = _ => Task.FromResult(false);
        await PullAsync();
        AssertWhole();
        Assert.Equal($"bytes={came}-", Hub.Asked.Last(IsWeights).Range);
    }
}
