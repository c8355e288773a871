using System.Text;
using System.Text.Json.Nodes;
using CogVideoX.Pipelines.Hub;
using CogVideoX.Testing.Hub;
using Microsoft.AspNetCore.Http;

namespace CogVideoX.Pipelines.Tests.Hub;

/// <summary>What a Hub, or what stands in its place, can do wrong: a sentence each, and no model that looks whole.</summary>
public sealed class PullFailureTests : PullCase
{
    [Fact]
    public async Task TokenGoesToTheHubAloneAndNotWhereItLeads()
    {
        Hub.Token = "hf_secret";
        await PullAsync(Settings with { Token = "hf_secret" }, Times);
        AssertWhole();
        Assert.All(Hub.Asked, request => Assert.Equal(request.Part == "hub" ? "Bearer hf_secret" : null, request.Token));
        Assert.Contains(Hub.Asked, request => request.Part == "storage");
    }

    [Fact]
    public async Task BusyServerIsAskedAgainWhenItSays()
    {
        int times = 0;
        Hub.OnHub = context => Status(context, ++times <= 2 ? 429 : 0, "7");
        await PullAsync();
        AssertWhole();
        Assert.Equal([TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(7)], Clock.Waits);
    }

    [Fact]
    public async Task WaitsGrowAndEnd()
    {
        Hub.OnHub = context => Status(context, 503);
        await FailsAsync("is busy (HTTP 503)");
        Assert.Equal(5, Clock.Waits.Count);
        Assert.True(Clock.Waits.Sum(wait => wait.TotalSeconds) > 5, "they don't grow");
    }

    [Fact]
    public async Task ServerThatAsksForHoursIsNotWaitedFor()
    {
        Hub.OnHub = context => Status(context, 429, "86400");
        await FailsAsync("HTTP 429", "86400 s");
        Assert.Empty(Clock.Waits);
    }

    [Fact]
    public async Task DateToWaitForIsRead()
    {
        int times = 0;
        Hub.OnHub = context => Status(context, ++times == 1 ? 503 : 0, DateTimeOffset.UtcNow.AddSeconds(90).ToString("R"));
        await PullAsync();
        Assert.InRange(Assert.Single(Clock.Waits).TotalSeconds, 60, 90);
    }

    [Theory]
    [InlineData(401, null, false, "no model me/tiny", "or it is private", "HF_TOKEN")]
    [InlineData(401, null, true, "doesn't take the token", "HF_TOKEN")]
    [InlineData(401, "GatedRepo", false, "accept its licence", "/me/tiny,", "HF_TOKEN")]
    [InlineData(403, "GatedRepo", true, "accept its licence", "/me/tiny,")]
    [InlineData(403, null, true, "may not be read (HTTP 403)", "/me/tiny ")]
    [InlineData(404, "RepoNotFound", false, "there is no model me/tiny", "check the name")]
    [InlineData(404, "RevisionNotFound", false, "me/tiny has no revision 'main'")]
    [InlineData(418, null, false, "HTTP 418", "nothing was downloaded")]
    public async Task RefusalIsExplainedAtOnce(int status, string? code, bool token, params string[] says)
    {
        Hub.OnHub = context =>
        {
            if (code is not null)
                context.Response.Headers["X-Error-Code"] = code;
            return Status(context, status);
        };
        HubException failure = await FailsAsync(Settings with { Token = token ? "hf_secret" : null }, Times, says);
        Assert.DoesNotContain("hf_secret", failure.Message);
        Assert.Single(Hub.Asked);
        Assert.Empty(Clock.Waits);
    }

    [Fact]
    public async Task FileThatIsGoneIsNamed()
    {
        Hub.OnHub = context =>
        {
            if (!context.Request.Path.Value!.EndsWith(Weights))
                return Task.FromResult(false);
            context.Response.Headers["X-Error-Code"] = "EntryNotFound";
            return Status(context, 404);
        };
        await FailsAsync($"has no {Weights} of me/tiny any more");
    }

    [Fact]
    public async Task DamagedBytesAreThrownAway()
    {
        byte[] damaged = [.. WeightBytes];
        damaged[^1] ^= 1;
        Hub.OnStorage = context => IfWeights(context, () => FakeHub.GiveAsync(context, damaged, "same"));
        await FailsAsync($"{Weights} of me/tiny came with other bytes than its checksum is of");
        Assert.False(File.Exists(WeightBlob));
        Assert.Equal(0, new FileInfo($"{WeightBlob}.incomplete").Length);
        Assert.False(File.Exists(Path.Combine(Snapshot, Weights)));
        Hub.OnStorage = _ => Task.FromResult(false);
        await PullAsync();
        AssertWhole();
    }

    [Theory]
    [InlineData(-10, false)]
    [InlineData(10, false)]
    [InlineData(-10, true)]
    [InlineData(10, true)]
    public async Task LengthThatIsALieIsFound(int more, bool chunked)
    {
        byte[] bytes = more < 0 ? WeightBytes[..^-more] : [.. WeightBytes, .. new byte[more]];
        Hub.OnStorage = context => IfWeights(context, async () =>
        {
            if (!chunked)
                context.Response.ContentLength = bytes.Length;
            await context.Response.Body.WriteAsync(bytes);
        });
        await FailsAsync(chunked ? more < 0 ? "broke" : "sends more bytes" : $"should have {WeightBytes.Length} bytes");
        Assert.False(File.Exists(WeightBlob));
    }

    [Fact]
    public async Task PartThatWasNotAskedForIsNotTaken()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(WeightBlob)!);
        File.WriteAllBytes($"{WeightBlob}.incomplete", WeightBytes[..1000]);
        Hub.OnStorage = context => IfWeights(context, async () =>
        {
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes 500-{WeightBytes.Length - 1}/{WeightBytes.Length}";
            await context.Response.Body.WriteAsync(WeightBytes.AsMemory(500));
        });
        await FailsAsync("can't be gone on with");
    }

    [Theory]
    [InlineData("api/models")]
    [InlineData("/resolve/")]
    public async Task WebPageIsNoHub(string path)
    {
        Hub.OnHub = async context =>
        {
            if (!context.Request.Path.Value!.Contains(path))
                return false;
            context.Response.ContentType = "text/html";
            await context.Response.WriteAsync("<!DOCTYPE html><html><body>Log in to the hotel's network</body></html>");
            return true;
        };
        await FailsAsync("no page of a network that asks for a login");
    }

    [Fact]
    public async Task WebPageInPlaceOfAFileIsNamed()
    {
        Hub.OnStorage = context => IfWeights(context, () =>
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            byte[] page = "<!DOCTYPE html>"u8.ToArray();
            context.Response.ContentLength = page.Length;
            return context.Response.Body.WriteAsync(page).AsTask();
        });
        await FailsAsync("a web page");
    }

    [Theory]
    [InlineData("[]", "isn't a JSON object")]
    [InlineData("{", "isn't valid JSON")]
    [InlineData("""{"sha": "../../etc", "siblings": []}""", "names no commit")]
    [InlineData("""{"sha": "0123456789abcdef0123456789abcdef01234567", "siblings": {}}""", "has no list")]
    public async Task ListingThatIsNoneIsRefused(string json, string says)
    {
        Hub.OnHub = async context =>
        {
            await context.Response.WriteAsync(json);
            return true;
        };
        await FailsAsync(says);
    }

    [Fact]
    public async Task EndlessListingIsCutOff()
    {
        Hub.OnHub = async context =>
        {
            byte[] spaces = Encoding.ASCII.GetBytes(new string(' ', 1 << 20));
            for (int i = 0; i < 200 && !context.RequestAborted.IsCancellationRequested; i++)
                await context.Response.Body.WriteAsync(spaces, context.RequestAborted);
            return true;
        };
        await FailsAsync("a listing longer than");
    }

    [Fact]
    public async Task TooManyFilesAreRefused()
    {
        Hub.OnListing = listing => listing["siblings"] =
            new JsonArray([.. Enumerable.Range(0, 50_001).Select(i => (JsonNode)new JsonObject { ["rfilename"] = $"{i}" })]);
        await FailsAsync("lists more than 50000 files");
    }

    [Fact]
    public async Task HugeHeadersAreRefused()
    {
        Hub.OnHub = context =>
        {
            for (int i = 0; i < 100; i++)
                context.Response.Headers[$"X-{i}"] = new string('x', 1000);
            return Task.FromResult(true);
        };
        await FailsAsync("headers are longer than 64 kB");
    }

    [Fact]
    public async Task HostileNamesOfFilesAreNotWritten()
    {
        string[] names =
        [
            "../evil.safetensors", "/tmp/evil.safetensors", @"transformer\..\..\evil", "C:/evil", "transformer/../../../evil.json",
            "transformer/nul", "vae/" + new string('x', 300), "transformer/diffusion_pytorch_model-00001-of-00002.safetensors\n",
        ];
        Hub.OnListing = listing =>
        {
            foreach (string name in names)
                ((JsonArray)listing["siblings"]!).Add(new JsonObject { ["rfilename"] = name, ["size"] = 1 });
        };
        await PullAsync();
        AssertWhole();
        Assert.DoesNotContain(Hub.Asked, request => request.Path.Contains("evil"));
    }

    [Fact]
    public async Task CommitThatChangedMeanwhileIsFound()
    {
        Hub.OnHub = context =>
        {
            if (context.Request.Path.Value!.Contains("/resolve/"))
            {
                context.Response.OnStarting(() =>
                {
                    context.Response.Headers["X-Repo-Commit"] = new string('f', 40);
                    return Task.CompletedTask;
                });
            }
            return Task.FromResult(false);
        };
        await FailsAsync("is at another commit than a moment ago");
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://127.0.0.1/x")]
    [InlineData("http://user:pass@127.0.0.1/x")]
    public async Task RedirectToAnythingButTheWebIsNotFollowed(string location)
    {
        Hub.OnHub = context => Redirect(context, location, "GET");
        await FailsAsync("which isn't followed");
    }

    [Fact]
    public async Task RedirectsInACircleEnd()
    {
        Hub.OnHub = context => Redirect(context, context.Request.Path, "GET");
        await FailsAsync("leads in a circle");
    }

    [Fact]
    public async Task SilentServerIsGivenUp()
    {
        Hub.OnHub = async context =>
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };
        HubTimes times = Times with { Answer = TimeSpan.FromMilliseconds(200), Retries = 1 };
        await FailsAsync(Settings, times, "didn't answer in 0.2 s");
        Assert.Single(Clock.Waits);
    }

    [Fact]
    public async Task SilenceWithinAFileIsGivenUp()
    {
        Hub.OnStorage = context => IfWeights(context, async () =>
        {
            context.Response.ContentLength = WeightBytes.Length;
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        HubTimes times = Times with { Silence = TimeSpan.FromMilliseconds(100), Retries = 1 };
        await FailsAsync(Settings, times, $"sent nothing of {Weights} for 0.1 s");
    }

    [Fact]
    public async Task HubThatIsNotThereIsNamed()
    {
        await Hub.DisposeAsync();
        await FailsAsync("127.0.0.1 can't be reached");
        Assert.Equal(5, Clock.Waits.Count);
    }

    [Fact]
    public async Task HostThatNobodyKnowsIsNotAskedAgain()
    {
        HubSettings unknown = Settings with { Endpoint = "https://hub.invalid" };
        await FailsAsync(unknown, Times, "hub.invalid isn't known to this network", "HF_ENDPOINT");
        Assert.Empty(Clock.Waits);
    }

    [Fact]
    public async Task DiskWithoutSpaceIsRefusedBeforeAnything()
    {
        using var client = new HubClient(Settings, Times);
        ModelPull pull = await ModelPull.PlanAsync(client, Cache, Name, Cancellation);
        pull.FreeBytes = _ => 80_000_000;
        await pull.RunAsync(cancellation: Cancellation); // what it takes, and some to spare
        pull = await ModelPull.PlanAsync(client, new HubCache(Cache.Folder + "2"), Name, Cancellation);
        pull.FreeBytes = _ => 1_000_000;
        int asked = Hub.Asked.Count;
        HubException refusal = await Assert.ThrowsAsync<HubException>(() => pull.RunAsync(cancellation: Cancellation));
        Assert.Contains("which has 1.0 MB free; nothing was downloaded", refusal.Message);
        Assert.Equal(asked, Hub.Asked.Count);
        Assert.False(Directory.Exists(Cache.Folder + "2"));
    }

    [Fact]
    public async Task RepositoryWithoutAModelIsRefused()
    {
        Hub.Files.Remove("model_index.json");
        await FailsAsync("me/tiny has no model_index.json", "nothing was downloaded");
        Assert.Single(Hub.Asked);
    }

    [Fact]
    public async Task ModelWithOtherWeightsAloneIsRefused()
    {
        Hub.Files.Remove(Weights);
        await FailsAsync($"has no {Weights}, only weights in other formats or types");
    }

    [Fact]
    public async Task AnotherPipelinesWeightsAreNotDownloaded()
    {
        Hub.Files["model_index.json"] = """{"_class_name": "FluxPipeline"}"""u8.ToArray();
        await FailsAsync("me/tiny is a FluxPipeline, which isn't supported");
        Assert.Equal(0, Hub.Downloads(Weights));
    }

    [Fact]
    public async Task ModelThatLacksAShardIsNotTakenForWhole()
    {
        Hub.Files.Remove("text_encoder/model-00003-of-00005.safetensors");
        await FailsAsync("lacks 'text_encoder/model-00003-of-00005.safetensors' on the Hub itself");
    }

    private static Task<bool> Status(HttpContext context, int status, string? retryAfter = null)
    {
        if (status == 0)
            return Task.FromResult(false);
        context.Response.StatusCode = status;
        if (retryAfter is not null)
            context.Response.Headers.RetryAfter = retryAfter;
        return Task.FromResult(true);
    }

    private static Task<bool> Redirect(HttpContext context, string location, string method)
    {
        if (context.Request.Method != method || !context.Request.Path.Value!.Contains("/resolve/"))
            return Task.FromResult(false);
        context.Response.Headers.Location = location;
        return Status(context, 302);
    }

    private static async Task<bool> IfWeights(HttpContext context, Func<Task> give)
    {
        if (!context.Request.Path.Value!.EndsWith(Weights))
            return false;
        await give();
        return true;
    }
}
