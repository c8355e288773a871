using CogVideoX.Pipelines.Hub;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Hub;

/// <summary>The environment variables of Hugging Face's tools, in their order.</summary>
public sealed class HubSettingsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Dictionary<string, string> variables = [];

    private HubSettings Settings => HubSettings.Read(name => variables.GetValueOrDefault(name));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void CacheIsFoundAsByPython()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        Assert.Equal(Path.Combine(home, ".cache", "huggingface", "hub"), Settings.CacheFolder);
        variables["XDG_CACHE_HOME"] = folder.File("xdg");
        Assert.Equal(folder.File(Path.Combine("xdg", "huggingface", "hub")), Settings.CacheFolder);
        variables["HF_HOME"] = folder.File("home");
        Assert.Equal(folder.File(Path.Combine("home", "hub")), Settings.CacheFolder);
        variables["HUGGINGFACE_HUB_CACHE"] = folder.File("older");
        Assert.Equal(folder.File("older"), Settings.CacheFolder);
        variables["HF_HUB_CACHE"] = folder.File("cache");
        Assert.Equal(folder.File("cache"), Settings.CacheFolder);
        variables["HF_HUB_CACHE"] = "~/models";
        Assert.Equal(Path.Combine(home, "models"), Settings.CacheFolder);
    }

    [Fact]
    public void TokenIsThatOfTheVariableOrOfALogin()
    {
        variables["HF_HOME"] = folder.Path;
        Assert.Null(Settings.Token);
        File.WriteAllText(folder.File("token"), "hf_file\n");
        Assert.Equal("hf_file", Settings.Token);
        variables["HUGGING_FACE_HUB_TOKEN"] = "hf_old";
        Assert.Equal("hf_old", Settings.Token);
        variables["HF_TOKEN"] = " hf_variable ";
        Assert.Equal("hf_variable", Settings.Token);
        variables["HF_HUB_DISABLE_IMPLICIT_TOKEN"] = "1";
        Assert.Null(Settings.Token);
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("yes", true)]
    [InlineData("True", true)]
    [InlineData("0", false)]
    [InlineData("", false)]
    public void OfflineIsAsPythonReadsIt(string value, bool offline)
    {
        variables["HF_HUB_OFFLINE"] = value;
        Assert.Equal(offline, Settings.IsOffline);
    }

    [Theory]
    [InlineData("ftp://x")]
    [InlineData("huggingface.co")]
    [InlineData("https://user:secret@x")]
    [InlineData("https://x/?a=b")]
    public void WrongAddressIsNamed(string endpoint)
    {
        variables["HF_ENDPOINT"] = endpoint;
        Assert.Contains("HF_ENDPOINT is", Assert.Throws<HubException>(() => new HubClient(Settings)).Message);
    }

    [Fact]
    public void TokenThatCantBeIsNotShown()
    {
        variables["HF_TOKEN"] = "hf_se\ncret";
        HubException refusal = Assert.Throws<HubException>(() => new HubClient(Settings));
        Assert.Contains("HF_TOKEN", refusal.Message);
        Assert.DoesNotContain("cret", refusal.Message);
    }

    [Fact]
    public void OfflineNothingIsAsked()
    {
        variables["HF_HUB_OFFLINE"] = "1";
        Assert.Contains("HF_HUB_OFFLINE is set", Assert.Throws<HubException>(() => new HubClient(Settings)).Message);
    }
}
