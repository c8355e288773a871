using System.Buffers.Binary;
using System.Text;
using CogVideoX.Pipelines.Media;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Media;

/// <summary>Settings in a file that isn't ours, or was tampered with: refused in one line, whatever the text holds.</summary>
public sealed class HostileSettingsTests
{
    private const string Ours = """{"generator":"CogVideoX for .NET 0.1.0","prompt":"x","negative_prompt":"","seed":1,"settings":{}}""";

    [Theory]
    [InlineData("{\"__metadata__\":{\"cogvideox\":\"\u00ff\"}}", "isn't UTF-8 text")]
    [InlineData("{\"\u00fe\":{}}", "isn't UTF-8 text")]
    [InlineData("""{"__metadata__":{"cogvideox":"\ud800"}}""", "half of a character")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", "isn't valid JSON")]
    [InlineData("""{"__metadata__":{"a":[[[[[[[[[[1]]]]]]]]]]}}""", "isn't valid JSON")]
    [InlineData("""[1]""", "none of the kinds of video")]
    [InlineData("""{"__metadata__":1}""", "holds no settings")]
    [InlineData("""{"__metadata__":{"cogvideox":7}}""", "holds no settings")]
    public void HeadersOfSafetensorsAreCheckedAsAWhole(string latin1, string says)
    {
        using var folder = new TemporaryFolder();
        byte[] header = Encoding.Latin1.GetBytes(latin1), length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        File.WriteAllBytes(folder.File("clip.safetensors"), [.. length, .. header]);
        string message = Assert.Throws<MetadataException>(() => VideoMetadata.Read(folder.File("clip.safetensors"))).Message;
        Assert.Contains(says, message);
        Assert.DoesNotContain(message, char.IsControl);
    }

    [Theory]
    [InlineData("""{"generator":"\u001b[2Jother\n"}""", @"'\u001B[2Jother\u000A'")]
    [InlineData("""{"generator":"\ud800"}""", "half of a character")]
    [InlineData("""{"settings":{"a":"\udc00"}}""", "half of a character")]
    [InlineData("{\u009b", "isn't valid JSON")]
    public void TextIsCheckedAsAWhole(string json, string says)
    {
        string message = Assert.Throws<FormatException>(() => GenerationMetadata.Parse(json)).Message;
        Assert.Contains(says, message);
        Assert.DoesNotContain(message, char.IsControl);
    }

    [Fact]
    public void HalfACharacterInTheTextItselfIsNoCrash() =>
        Assert.Equal("a\uFFFDb", GenerationMetadata.Parse(Ours.Replace("\"x\"", "\"a\ud800b\"", StringComparison.Ordinal)).Prompt);
}
