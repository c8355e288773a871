using CogVideoX.Models.Configuration;
using CogVideoX.Models.Tests.Weights;
using FsCheck;
using FsCheck.Fluent;

namespace CogVideoX.Models.Tests.Configuration;

public sealed class ConfigFileTests
{
    // Pieces of configs, so that random ones get past the first brace.
    private static readonly string[] Pieces =
        ["{", "}", "[", "]", ":", ",", "\"num_layers\"", "\"block_out_channels\"", "\"d_model\"", "\"_class_name\"", "\"beta_start\"", "0", "2", "-1", "1e400", "true", "null", "\"x\"", "NaN", "\u0001"];

    [Theory]
    [InlineData("", "isn't valid JSON")]
    [InlineData("[1]", "is a JSON Array, not an object")]
    [InlineData("{", "isn't valid JSON")]
    [InlineData("""{"a": NaN}""", "isn't valid JSON")]
    [InlineData("""{"a": 1, "a": 2}""", "isn't valid JSON")]
    [InlineData("""{"a":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}""", "isn't valid JSON")]
    public void WhatIsNoConfigIsRefused(string text, string says)
    {
        string message = Assert.Throws<ConfigException>(() => ConfigText.Of(text)).Message;
        Assert.StartsWith("config.json ", message);
        Assert.Contains(says, message);
    }

    [Fact]
    public void MissingAndHugeFilesAreNamed()
    {
        using var folder = new TempFolder();
        Assert.Contains("doesn't exist", Error(folder["config.json"]));
        Assert.Contains("doesn't exist", Error(folder["none", "config.json"]));
        File.WriteAllBytes(folder["config.json"], new byte[(1 << 20) + 1]);
        Assert.Contains("has 1048577 bytes; a config has at most 1048576", Error(folder["config.json"]));
        Directory.CreateDirectory(folder["dir"]);
        Assert.StartsWith(folder["dir"], Error(folder["dir"]));
    }

    [Fact]
    public void LongValuesAreCutInMessages()
    {
        ConfigFile file = ConfigText.Of($$"""{"a": "{{new string('x', 5000)}}"}""");
        Assert.True(Assert.Throws<ConfigException>(() => file.Int("a", 0, 0, 1)).Message.Length < 300);
    }

    [Fact]
    public void RandomTextIsReadOrRefused()
    {
        var texts = Gen.ListOf(Gen.Elements(Pieces)).Select(pieces => "{" + string.Concat(pieces) + "}");
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(texts.ToArbitrary(), text =>
        {
            Try(() => TransformerConfig.Read(ConfigText.Of(text)));
            Try(() => VaeConfig.Read(ConfigText.Of(text)));
            Try(() => T5Config.Read(ConfigText.Of(text)));
            Try(() => SchedulerConfig.Read(ConfigText.Of(text)));
        }));
    }

    private static void Try(Action read)
    {
        try
        {
            read();
        }
        catch (ConfigException)
        {
            // The only refusal that there may be.
        }
    }

    private static string Error(string path) => Assert.Throws<ConfigException>(() => ConfigFile.Read(path)).Message;
}
