using System.Text;
using System.Text.Json;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Tensors.Tests.Safetensors;

public sealed class StrictJsonTests
{
    private const int Depth = 4;

    [Fact]
    public void AByteOrderMarkIsSkipped()
    {
        using JsonDocument json = StrictJson.Parse(Encoding.UTF8.GetBytes("\uFEFF{\"a\": \"é\"}"), Depth);
        Assert.Equal("é", json.RootElement.GetProperty("a").GetString());
    }

    [Theory]
    [InlineData("{\"a\": \"\u00ff\"}", "isn't UTF-8 text (byte 7 is 0xFF)")]
    [InlineData("{\"\u00c3(\": 1}", "isn't UTF-8 text (byte 2 is 0xC3)")]
    [InlineData("\u00ff\u00fe{\0}\0", "isn't UTF-8 text but UTF-16")]
    [InlineData("""{"a": "\ud800"}""", "holds half of a character")]
    [InlineData("""{"\udc00x": 1}""", "holds half of a character")]
    [InlineData("""{"a": ["\ud83d\ude00", "\ud83d"]}""", "holds half of a character")]
    [InlineData("""{"a": 1, "a": 2}""", "isn't valid JSON")]
    [InlineData("""{"a": 1, "\u0061": 2}""", "isn't valid JSON")]
    [InlineData("[[[[[1]]]]]", "isn't valid JSON")]
    [InlineData("{\"a\": \u001b}", "isn't valid JSON")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "is a Git LFS pointer")]
    [InlineData("<html>Not found</html>", "is a web page")]
    [InlineData("\n", "isn't valid JSON")]
    public void WhatIsNoJsonIsToldInOneLine(string latin1, string says)
    {
        string message = Assert.Throws<FormatException>(() => StrictJson.Parse(Encoding.Latin1.GetBytes(latin1), Depth)).Message;
        Assert.Contains(says, message);
        Assert.DoesNotContain("(line )", message);
        Assert.DoesNotContain(message, char.IsControl);
    }

    [Fact]
    public void ATextThatIsReadIsWhole()
    {
        using JsonDocument json = StrictJson.Parse(Encoding.UTF8.GetBytes("""{"\ud83d\ude00": "\u001b"}"""), Depth);
        Assert.Equal(
            ("😀", "\u001b"), json.RootElement.EnumerateObject().Select(property => (property.Name, property.Value.GetString())).Single());
    }

    [Fact]
    public void FilesThatCantBeReadAreTold()
    {
        using var folder = new TempFolder();
        Assert.StartsWith("doesn't exist", Error(folder["none.json"]));
        Assert.StartsWith("is a folder", Error(folder.Path));
        Assert.StartsWith("is empty (0 bytes)", Error(folder.Write("empty.json", [])));
        Assert.StartsWith("has 101 bytes; such a file has at most 100", Error(folder.Write("long.json", new byte[101])));
        Assert.StartsWith("can't be read", Error("\0"));
        Assert.StartsWith("can't be read", Error(""));
    }

    [Fact]
    public void LinksAreJudgedByWhatTheyLeadTo()
    {
        using var folder = new TempFolder();
        folder.Write("empty.json", []);
        folder.Write("long.json", new byte[101]);
        folder.Write("good.json", "{}"u8.ToArray());
        foreach (string name in new[] { "empty", "long", "good", "none" })
            File.CreateSymbolicLink(folder[$"{name}-link"], folder[$"{name}.json"]);
        File.CreateSymbolicLink(folder["far-link"], folder["good-link"]);
        File.CreateSymbolicLink(folder["circle"], folder["circle"]);
        File.CreateSymbolicLink(folder["folder-link"], folder.Path);

        Assert.StartsWith("is empty", Error(folder["empty-link"]));
        Assert.StartsWith("has 101 bytes", Error(folder["long-link"]));
        Assert.StartsWith("doesn't exist", Error(folder["none-link"]));
        Assert.StartsWith("is a folder", Error(folder["folder-link"]));
        Assert.StartsWith("can't be read", Error(folder["circle"]));
        using JsonDocument json = StrictJson.Read(folder["far-link"], 100, Depth);
        Assert.Equal(JsonValueKind.Object, json.RootElement.ValueKind);
        Assert.Contains(
            "is empty (0 bytes)", Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(folder["empty-link"])).Message);
    }

    [Fact]
    public void APipeIsNotWaitedFor()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no such files.");
        using var folder = new TempFolder();
        using (var make = System.Diagnostics.Process.Start("mkfifo", folder["pipe"]))
            make.WaitForExit();
        File.CreateSymbolicLink(folder["link"], folder["pipe"]);
        foreach (string path in new[] { folder["pipe"], folder["link"] })
        {
            Assert.Equal("is a pipe; a file is needed here.", Error(path));
            Assert.Contains("is a pipe", Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(path)).Message);
        }
    }

    private static string Error(string path) => Assert.Throws<FormatException>(() => StrictJson.Read(path, 100, Depth)).Message;
}
