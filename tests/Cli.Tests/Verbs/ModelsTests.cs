using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;
using CogVideoX.Testing.Hub;

namespace CogVideoX.Cli.Tests.Verbs;

/// <summary><c>models</c>, and models by name where a checkpoint is taken, with a Hub on this machine.</summary>
public sealed class ModelsTests : IAsyncDisposable
{
    private const string Weights = "transformer/diffusion_pytorch_model.safetensors";

    private readonly TemporaryFolder folder = new();
    private readonly FakeHub hub = FakeHub.Start(CliRun.Tiny);
    private readonly Dictionary<string, string?> before = [];

    public ModelsTests()
    {
        Set("HF_HOME", folder.File("hf"));
        Set("HF_ENDPOINT", hub.Address);
        foreach (string name in new[] { "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_TOKEN", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE" })
            Set(name, null);
    }

    private string Snapshot => folder.File($"hf/hub/models--me--tiny/snapshots/{FakeHub.Commit}");

    public async ValueTask DisposeAsync()
    {
        foreach ((string name, string? value) in before)
            Environment.SetEnvironmentVariable(name, value);
        await hub.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task PulledModelIsListedRunRepeatedVerifiedAndRemoved()
    {
        CliRun pulled = await CliRun.Done("models", "pull", FakeHub.Name);
        Assert.Equal([Snapshot], pulled.Lines);
        Assert.Contains("downloading me/tiny: 3.2 MB of 3.2 MB are missing.", pulled.Error);
        Assert.Contains("me/tiny  01234567 (main)     3.2 MB  runs", (await CliRun.Done("models", "list")).Output);
        string clip = folder.File("clip.png");
        await CliRun.Done("generate", "a cat", "--model", FakeHub.Name, "--steps", "1", "--frames", "1", "-o", clip);
        JsonNode kept = JsonNode.Parse((await CliRun.Done("info", clip, "--json")).Output)!["settings"]!;
        Assert.Equal($"me/tiny@{FakeHub.Commit}", (string?)kept["model"]);
        await CliRun.Done("generate", "--from", clip, "-o", folder.File("again.png"));
        Assert.Equal(File.ReadAllBytes(clip), File.ReadAllBytes(folder.File("again.png")));
        Assert.Equal("me/tiny: 16 files (3.2 MB) as published, 0 not\n", (await CliRun.Done("models", "verify", FakeHub.Name)).Output);
        Assert.Equal("me/tiny: 3.2 MB would be freed.\n", (await CliRun.Done("models", "remove", FakeHub.Name, "--dry-run")).Output);
        Assert.Equal("me/tiny: 3.2 MB freed.\n", (await CliRun.Done("models", "remove", FakeHub.Name)).Output);
        Assert.Contains("holds no models", (await CliRun.Done("models", "list")).Error);
        await CliRun.Fails(
            ExitCode.WrongUsage, ["generate", "--from", clip, "-o", folder.File("third.png")], $"models pull me/tiny@{FakeHub.Commit}");
    }

    [Theory]
    [InlineData("inspect", "?")]
    [InlineData("tokenize", "a", "--model", "?")]
    [InlineData("bench", "--steps", "1", "--frames", "1", "--model", "?")]
    [InlineData("encode", "PICTURE", "-o", "OUT/latents.safetensors", "--model", "?")]
    public async Task NameWorksWhereverAModelIsTaken(params string[] args)
    {
        await CliRun.Done("models", "pull", FakeHub.Name);
        string picture = Path.Combine(Golden.Root, "docs", "images", "red-circle.png");
        await CliRun.Done([.. args.Select(arg => arg.Replace("?", FakeHub.Name).Replace("PICTURE", picture).Replace("OUT", folder.Path))]);
    }

    [Fact]
    public async Task FolderOfThatNameGoesFirst()
    {
        Directory.Move(folder.CopyOf(CliRun.Tiny), Directory.CreateDirectory(folder.File("me")).FullName + "/tiny");
        CliRun run = await ProgramRun.Of(folder.Path, [], "inspect", FakeHub.Name);
        Assert.Equal((ExitCode.Done, ""), (run.Code, run.Error));
        Assert.StartsWith("me/tiny: CogVideoXPipeline", run.Output);
        Assert.Empty(hub.Asked);
    }

    [Fact]
    public async Task GenerateRefusesWhatIsNotThereWithSizeAndCommandUnlessYes()
    {
        string[] args = ["generate", "a cat", "--model", FakeHub.Name, "--steps", "1", "--frames", "1", "-o", folder.File("clip.png")];
        await CliRun.Fails(
            ExitCode.WrongUsage, args, "--model: me/tiny isn't in the cache", "3.2 MB are to be downloaded",
            "cogvideox models pull me/tiny", "--yes");
        Assert.Equal(0, hub.Downloads(Weights));
        Assert.False(Directory.Exists(folder.File("hf")));
        File.WriteAllText(folder.File("taken"), "");
        string[] mistaken = [.. args, "--yes", "--save-latents", folder.File("taken")];
        await CliRun.Fails(ExitCode.WrongUsage, mistaken, "--save-latents: ", "taken exists"); // before hours of downloading
        Assert.Equal(0, hub.Downloads(Weights));
        CliRun run = await CliRun.Done([.. args, "--yes"]);
        Assert.Equal([folder.File("clip.png")], run.Lines);
        Assert.Equal(1, hub.Downloads(Weights));
        File.Delete(Path.Combine(Snapshot, Weights)); // the link
        File.Delete(Directory.EnumerateFiles(folder.File("hf/hub/models--me--tiny/blobs")).MaxBy(file => new FileInfo(file).Length)!);
        await CliRun.Fails(ExitCode.WrongUsage, args, $"{Weights} is missing", "2.1 MB of 3.2 MB are to be downloaded");
    }

    [Fact]
    public async Task WithoutTheHubTheCommandIsStillNamed()
    {
        await hub.DisposeAsync();
        string[] args = ["generate", "a cat", "--model", FakeHub.Name];
        await CliRun.Fails(ExitCode.WrongUsage, args, "isn't in the cache", "cogvideox models pull me/tiny downloads it");
        Set("HF_HUB_OFFLINE", "1");
        await CliRun.Fails(ExitCode.WrongUsage, args, "isn't in the cache", "HF_HUB_OFFLINE is set");
        await CliRun.Fails(ExitCode.Failed, [.. args, "--yes"], "HF_HUB_OFFLINE is set");
        await CliRun.Fails(ExitCode.Failed, ["models", "pull", FakeHub.Name], "HF_HUB_OFFLINE is set");
    }

    [Fact]
    public async Task DryRunAndJsonSayWhatAPullWouldBring()
    {
        CliRun dry = await CliRun.Done("models", "pull", FakeHub.Name, "--dry-run");
        Assert.Equal(17, dry.Lines.Length);
        Assert.Equal("3.2 MB of 3.2 MB would be downloaded.", dry.Lines[^1]);
        Assert.False(Directory.Exists(folder.File("hf")));
        JsonNode report = JsonNode.Parse((await CliRun.Done("models", "pull", FakeHub.Name, "--json")).Output)!;
        Assert.Equal(("me/tiny", FakeHub.Commit, Snapshot), ((string?)report["name"], (string?)report["commit"], (string?)report["path"]));
        Assert.Equal((long?)report["bytes"], (long?)report["downloaded_bytes"]);
        JsonNode list = JsonNode.Parse((await CliRun.Done("models", "list", "--json")).Output)!;
        Assert.True((bool?)list[0]!["runs"]);
        Assert.True((bool?)JsonNode.Parse((await CliRun.Done("models", "verify", FakeHub.Name, "--json")).Output)!["sound"]);
    }

    [Fact]
    public async Task DamagedFileIsNamedAndCanBeHadAnew()
    {
        await CliRun.Done("models", "pull", FakeHub.Name);
        string blob = Directory.EnumerateFiles(folder.File("hf/hub/models--me--tiny/blobs")).MaxBy(file => new FileInfo(file).Length)!;
        byte[] bytes = File.ReadAllBytes(blob);
        bytes[^1] ^= 1;
        File.WriteAllBytes(blob, bytes);
        CliRun run = await CliRun.Of("models", "verify", FakeHub.Name);
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Contains($"{Weights}: damaged: its bytes don't have its checksum; delete {blob}\n", run.Output);
        File.Delete(blob);
        await CliRun.Done("models", "pull", FakeHub.Name);
        await CliRun.Done("models", "verify", FakeHub.Name);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/b/c")]
    [InlineData("a/b@../x")]
    [InlineData("")]
    public async Task WhatIsNoNameIsRefused(string name)
    {
        foreach (string verb in new[] { "pull", "remove", "verify" })
            await CliRun.Fails(ExitCode.WrongUsage, ["models", verb, name], "model: ", "is no name of a model", "OWNER/NAME");
    }

    [Fact]
    public async Task WhatIsNotThereIsSaid()
    {
        await CliRun.Fails(ExitCode.WrongUsage, ["models", "remove", "me/other"], "model: me/other isn't in the cache");
        await CliRun.Fails(ExitCode.WrongUsage, ["models", "verify", "me/other"], "model: me/other isn't in the cache");
        await CliRun.Fails(ExitCode.Failed, ["models", "pull", "me/other"], "there is no model me/other", "check the name");
        await CliRun.Fails(
            ExitCode.WrongUsage, ["generate", "a cat", "--model", "me/other"], "can't be downloaded either: there is no model");
        await CliRun.Fails(ExitCode.WrongUsage, ["inspect", "mistyped"], "mistyped doesn't exist", "model_index.json", "OWNER/NAME");
    }

    // As a user does it: Ctrl-C, and the same command once more.
    [Fact]
    public async Task InterruptedPullIsKeptAndGoneOnWith()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals");
        using ProgramRun run = StartPull();
        string unfinished = await HalfOfTheWeightsAsync();
        run.Send(PosixSignal.SIGINT);
        CliRun stopped = await run.EndAsync();
        Assert.Equal((ExitCode.Interrupted, ""), (stopped.Code, stopped.Output));
        Assert.Contains("What came of me/tiny is kept; cogvideox models pull me/tiny goes on.", stopped.Error);
        Assert.Equal(Half, new FileInfo(unfinished).Length);
        Assert.Contains("incomplete", (await CliRun.Done("models", "list")).Output);
        hub.OnStorage = _ => Task.FromResult(false);
        await CliRun.Done("models", "pull", FakeHub.Name);
        await AssertGoneOnWithAsync();
    }

    [Fact]
    public async Task SecondProcessWaitsAndGoesOnWithWhatAKilledOneLeft()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals");
        using ProgramRun first = StartPull();
        await HalfOfTheWeightsAsync();
        using ProgramRun second = StartPull();
        await second.FirstMessageAsync();
        await Task.Delay(500, TestContext.Current.CancellationToken); // it says that it waits, or would be at the file by now
        Assert.Equal(1, hub.Downloads(Weights));
        await CliRun.Fails(ExitCode.WrongUsage, ["models", "remove", FakeHub.Name], "me/tiny is being downloaded");
        hub.OnStorage = _ => Task.FromResult(false);
        first.Kill();
        CliRun run = await second.EndAsync();
        Assert.Equal((ExitCode.Done, $"{Snapshot}\n"), (run.Code, run.Output));
        Assert.Contains("Another process downloads the same file; waiting for it.", run.Error);
        await AssertGoneOnWithAsync();
    }

    private int Half => hub.Files[Weights].Length / 2;

    // Half of the weights come, and then nothing more.
    private ProgramRun StartPull()
    {
        hub.OnStorage = async context =>
        {
            if (!context.Request.Path.Value!.EndsWith(Weights))
                return false;
            context.Response.ContentLength = hub.Files[Weights].Length;
            await context.Response.Body.WriteAsync(hub.Files[Weights].AsMemory(0, Half));
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };
        string[] variables = [$"HF_HOME={folder.File("hf")}", $"HF_ENDPOINT={hub.Address}"];
        return ProgramRun.StartForSignals(folder.Path, variables, ["models", "pull", FakeHub.Name]);
    }

    private async Task<string> HalfOfTheWeightsAsync()
    {
        string file = folder.File($"hf/hub/models--me--tiny/blobs/{FakeHub.ChecksumOf(Weights, hub.Files[Weights])}.incomplete");
        while (!File.Exists(file) || new FileInfo(file).Length < Half)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        return file;
    }

    private async Task AssertGoneOnWithAsync()
    {
        string? range = hub.Asked.Last(request => request.Path.EndsWith(Weights) && request.Part == "storage").Range;
        Assert.Equal($"bytes={Half}-", range);
        await CliRun.Done("models", "verify", FakeHub.Name);
    }

    private void Set(string name, string? value)
    {
        before.TryAdd(name, Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, value);
    }
}
