using System.Text.Json.Nodes;
using CogVideoX.Pipelines.Hub;
using CogVideoX.Pipelines.Reports;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Hub;

/// <summary>Models by name in a cache as huggingface_hub leaves it: every question of layout.json has its answer.</summary>
public sealed class HubCacheTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly HubCache cache;

    public HubCacheTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the layout has links");
        CacheLayout.Make(folder.Path);
        cache = new HubCache(folder.File("hub"));
    }

    public static TheoryData<string> Asks => [.. CacheLayout.Asks.Where(ask => ask!["ask"] is not null).Select(ask => ask!.ToJsonString())];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Asks))]
    public void EachQuestionHasItsAnswer(string json)
    {
        JsonNode ask = JsonNode.Parse(json)!;
        string name = (string)ask["ask"]! + ((string?)ask["revision"] is { } revision ? $"@{revision}" : "");
        if ((string?)ask["folder"] is { } found)
            Assert.Equal(folder.File(found), cache.Snapshot(ModelName.Parse(name)).Path);
        if ((string?)ask["equals"] is { } model)
            AssertSame(Golden.Path(model), cache.Find(ModelName.Parse(name)));
        else
            Assert.ThrowsAny<HubException>(() => Find(name));
    }

    [Fact]
    public void FolderOfADownloadIsAFolder() =>
        Assert.Equal("CogVideoXPipeline", ModelReport.Read(folder.File("local-dir"), TestModels.Quick).PipelineClass);

    [Theory]
    [InlineData("THUDM/CogVideoX-5b@5d8e7f747b52b2440dd2c39dfa0a4087efd20761", "is incomplete", "text_encoder/model.safetensors", "3 more")]
    [InlineData("THUDM/CogVideoX-5b@8dcf5c4", "no revision '8dcf5c4'", "a shortened commit isn't looked up")]
    [InlineData("THUDM/CogVideoX-5b@other", "no revision 'other'", "but main, refs/pr/7")]
    [InlineData("THUDM/CogVideoX-2b", "transformer/diffusion_pytorch_model.safetensors is missing", "was interrupted", "models pull")]
    [InlineData("THUDM/CogVideoX-5b-I2V", "there are no files of its commit 9b0871a6", "models pull")]
    [InlineData("someone/broken-links", "The cache is damaged", "model_index.json is a link to a file that is gone", "models pull")]
    [InlineData("someone/link-outside", "model_index.json is a link that leaves the cache", "secret.json'", "models remove")]
    [InlineData("THUDM", "THUDM isn't in the cache", "models pull THUDM")]
    [InlineData("../../secret", "no name of a model", "OWNER/NAME")]
    public void RefusalSaysWhatIsWrongAndWhatWouldWork(string name, params string[] says)
    {
        HubException refusal = Assert.ThrowsAny<HubException>(() => Find(name));
        Assert.All(says, text => Assert.Contains(text, refusal.Message));
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public void LinkWithinTheCacheMayLeadAnywhere()
    {
        string snapshot = cache.Snapshot(ModelName.Parse("THUDM/CogVideoX-5b")).Path, file = Path.Combine(snapshot, "model_index.json");
        File.Delete(file);
        File.CreateSymbolicLink(file, "../../../models--THUDM--CogVideoX-2b/blobs/89e535896ff135c6344f1747d90ed4c6ad6e96e3");
        Assert.Equal(snapshot, cache.Find(ModelName.Parse("THUDM/CogVideoX-5b")));
    }

    [Fact]
    public void CacheThatIsALinkIsFollowed()
    {
        File.CreateSymbolicLink(folder.File("elsewhere"), folder.File("hub"));
        var linked = new HubCache(folder.File("elsewhere"));
        Assert.EndsWith("f6f85a", linked.Find(ModelName.Parse("THUDM/CogVideoX-5b")));
    }

    [Fact]
    public void LinksInACircleAreLinksToNothing()
    {
        string file = Path.Combine(cache.Snapshot(ModelName.Parse("THUDM/CogVideoX-5b")).Path, "vae", "config.json");
        File.Delete(file);
        File.CreateSymbolicLink(file, "config.json");
        NotCachedException refusal = Assert.Throws<NotCachedException>(() => Find("THUDM/CogVideoX-5b"));
        Assert.Contains("vae/config.json is a link to a file that is gone", refusal.Message);
        Assert.Equal(6, ModelEntry.All(cache).Count);
    }

    [Theory]
    [InlineData("../../../../etc")]
    [InlineData("")]
    [InlineData("8dcf5c45c80de63c79c161386a52a04facf6f85a\nmore")]
    public void RefThatIsNoCommitIsNone(string text)
    {
        File.WriteAllText(folder.File("hub/models--THUDM--CogVideoX-5b/refs/main"), text);
        Assert.Contains("no revision 'main'", Assert.Throws<NotCachedException>(() => Find("THUDM/CogVideoX-5b")).Message);
    }

    [Fact]
    public void ListSaysWhatIsCompleteAndWhatRuns()
    {
        Dictionary<string, ModelEntry> all = ModelEntry.All(cache).ToDictionary(entry => $"{entry.Name} {entry.Commit[..4]}");
        Assert.Equal(6, all.Count);
        ModelEntry whole = all["THUDM/CogVideoX-5b 8dcf"], copied = all["zai-org/CogVideoX1.5-5B 589b"];
        Assert.Equal((true, true, null), (whole.Complete, whole.Runs, whole.Problem));
        Assert.Equal(["main"], whole.Revisions);
        Assert.Equal(SizeOf(Golden.Path("checkpoints/5b")), whole.Bytes);
        Assert.Equal((true, true), (copied.Complete, copied.Runs));
        Assert.Equal(["refs/pr/7"], all["THUDM/CogVideoX-5b 5d8e"].Revisions);
        Assert.Contains("incomplete: 'transformer/diffusion_pytorch_model.safetensors'", all["THUDM/CogVideoX-2b 1f39"].Problem);
        Assert.Contains("gone", all["someone/broken-links 9b08"].Problem);
        Assert.Contains("leaves the cache", all["someone/link-outside 9b08"].Problem);
        Assert.Equal(2, all.Values.Count(entry => entry.Runs));
    }

    [Fact]
    public void AnotherPipelineIsListedAsSuch()
    {
        string index = Path.Combine(cache.Find(ModelName.Parse("zai-org/CogVideoX1.5-5B")), "model_index.json");
        File.WriteAllText(index, """{"_class_name": "StableDiffusionPipeline", "vae": ["diffusers", "AutoencoderKL"]}""");
        ModelEntry entry = ModelEntry.All(cache).Single(entry => entry.Name.StartsWith("zai-org"));
        Assert.Equal((true, false), (entry.Complete, entry.Runs));
        Assert.Contains("StableDiffusionPipeline", entry.Problem);
    }

    [Fact]
    public void LibraryFindsTheCacheAndDownloadsNothing()
    {
        string? before = Environment.GetEnvironmentVariable("HF_HOME");
        Environment.SetEnvironmentVariable("HF_HOME", folder.Path);
        try
        {
            using (var pipeline = CogVideoXPipeline.Open("THUDM/CogVideoX-5b"))
                Assert.Equal(cache.Find(ModelName.Parse("THUDM/CogVideoX-5b")), pipeline.ModelPath);
            ModelException refusal = Assert.Throws<ModelException>(() => CogVideoXPipeline.Open("THUDM/CogVideoX-2b"));
            Assert.Contains("cogvideox models pull THUDM/CogVideoX-2b", refusal.Message);
            Assert.Equal(2, PromptTokenizer.Open("THUDM/CogVideoX-5b").Encode("a").Length);
        }
        finally
        {
            Environment.SetEnvironmentVariable("HF_HOME", before);
        }
    }

    [Fact]
    public void FolderOfTheCacheHasItsName()
    {
        string path = cache.Find(ModelName.Parse("THUDM/CogVideoX-5b"));
        Assert.Equal($"THUDM/CogVideoX-5b@{Path.GetFileName(path)}", cache.NameOf(path));
        Assert.Null(cache.NameOf(folder.File("local-dir")));
        Assert.Null(cache.NameOf(Path.Combine(path, "vae")));
    }

    private string Find(string name) => cache.Find(ModelName.Parse(name));

    private static void AssertSame(string expected, string actual)
    {
        IEnumerable<string> files = Directory.EnumerateFiles(expected, "*", SearchOption.AllDirectories);
        string[] names = [.. files.Select(file => Path.GetRelativePath(expected, file))];
        Assert.All(names, name => Assert.Equal(
            File.ReadAllBytes(Path.Combine(expected, name)), File.ReadAllBytes(Path.Combine(actual, name))));
        Assert.Equal("CogVideoXPipeline", ModelReport.Read(actual, TestModels.Quick).PipelineClass);
    }

    private static long SizeOf(string path) =>
        Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
}
