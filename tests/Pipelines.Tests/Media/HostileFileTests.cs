using System.Buffers.Binary;
using System.Text;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Media;

/// <summary>Files that claim to hold settings and don't mean well: a sentence for each, no memory and no time lost over them.</summary>
public class HostileFileTests
{
    [Fact]
    public void A_png_text_of_two_gigabytes_that_is_not_there_is_refused()
    {
        foreach (uint length in new[] { 0x7FFFFFFFu, 0x80000000u, uint.MaxValue })
            Assert.Contains("cut off", Refused("clip.png", [.. PngStart(), .. Big(length), .. "iTXtcogvideox\0\0\0\0\0{}"u8, 0, 0, 0, 0]));
    }

    [Fact]
    public void Settings_longer_than_settings_can_be_are_refused_unread()
    {
        const int Length = (1 << 24) + 100;
        byte[] text = new byte[Length], prefix = [.. "cogvideox"u8, 0, 0, 0, 0, 0];
        prefix.CopyTo(text, 0);
        Assert.Contains("bytes of settings", Refused("clip.png", [.. PngStart(), .. Big(Length), .. "iTXt"u8, .. text, 0, 0, 0, 0]));
        Assert.Contains("bytes of settings", Refused("clip.webp", [.. "RIFF\0\0\0\0WEBPXMP "u8, .. Little(Length), .. text]));
        Assert.Contains("bytes of settings", Refused("clip.safetensors", [.. Little(Length), 0, 0, 0, 0, (byte)'{', .. text]));
        byte[] block = [255, .. new byte[255]];
        byte[] comment = [.. Enumerable.Repeat(block, Length / 255 + 2).SelectMany(bytes => bytes)];
        Assert.Contains("longer than settings", Refused("clip.gif", [.. GifStart(), 0x21, 0xFE, .. comment, 0, 0x3B]));
    }

    [Fact]
    public void Xml_that_nests_deeply_or_grows_is_refused()
    {
        string deep = string.Concat(Enumerable.Repeat("<a>", 1_000_000));
        Refused("clip.webp", Webp($"<d:description xmlns:d='http://purl.org/dc/elements/1.1/'>{deep}"));
        string bomb = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;'>]><x>&b;</x>";
        Assert.Contains("XML", Refused("clip.webp", Webp(bomb)));
    }

    [Fact]
    public void A_header_that_nests_deeply_is_refused()
    {
        byte[] deep = Encoding.ASCII.GetBytes("{\"a\":" + new string('[', 100_000));
        Assert.Contains("JSON", Refused("clip.safetensors", [.. BitConverter.GetBytes((long)deep.Length), .. deep]));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{\"generator\":\"CogVideoX for .NET\",\"prompt\":\"\\ud800\",\"negative_prompt\":\"\",\"seed\":1,\"settings\":{}}")]
    [InlineData(
        "{\"generator\":\"CogVideoX for .NET\",\"prompt\":\"\",\"negative_prompt\":\"\",\"seed\":1,\"settings\":{\"a\":\"\\udc00\"}}")]
    [InlineData("{\"generator\":\"CogVideoX for .NET\",\"prompt\":\"\",\"negative_prompt\":\"\",\"seed\":1,\"settings\":{\"\\ud800\":1}}")]
    [InlineData(
        "{\"generator\":\"CogVideoX for .NET\",\"prompt\":\"\",\"negative_prompt\":\"\",\"seed\":18446744073709551616,\"settings\":{}}")]
    [InlineData("{\"generator\":\"CogVideoX for .NET\",\"prompt\":7,\"negative_prompt\":\"\",\"seed\":1,\"settings\":{}}")]
    [InlineData(
        "{\"generator\":\"CogVideoX for .NET\",\"prompt\":\"\",\"negative_prompt\":\"\",\"seed\":1,\"settings\":{\"a\":1,\"\\u0061\":2}}")]
    public void Damaged_settings_are_a_format_error(string json)
    {
        using var folder = new TestFolder();
        TestVideos.Drifting(1).SaveAs(folder["clip.y4m"], TestVideos.Rate);
        File.WriteAllText(folder["clip.y4m.json"], json);
        string message = Assert.Throws<MetadataException>(() => VideoMetadata.Read(folder["clip.y4m"])).Message;
        Assert.Contains("damaged", message);
        Assert.DoesNotContain("LineNumber", message);
    }

    [Fact]
    public void What_another_program_wrote_is_quoted()
    {
        using var folder = new TestFolder();
        TestVideos.Drifting(1).SaveAs(folder["clip.y4m"], TestVideos.Rate);
        File.WriteAllText(folder["clip.y4m.json"], $$"""{"generator":"\u001b]0;x\u0007{{new string('y', 5000)}}"}""");
        string message = Assert.Throws<MetadataException>(() => VideoMetadata.Read(folder["clip.y4m"])).Message;
        Assert.Contains(@"written by '\u001B]0;x\u0007yyy", message);
        Assert.InRange(message.Length, 1, 400);
    }

    [Fact]
    public void A_companion_in_another_encoding_is_refused()
    {
        using var folder = new TestFolder();
        TestVideos.Drifting(1).SaveAs(folder["clip.y4m"], TestVideos.Rate);
        File.WriteAllBytes(folder["clip.y4m.json"], [(byte)'"', 0xFF, (byte)'"']);
        Assert.Contains("UTF-8", Assert.Throws<MetadataException>(() => VideoMetadata.Read(folder["clip.y4m"])).Message);
    }

    [Fact]
    public void A_named_pipe_is_not_waited_for()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "has no such files");
        using var folder = new TestFolder();
        Tools.Run("mkfifo", folder["clip.png"]);
        File.CreateSymbolicLink(folder["link.png"], "clip.png");
        foreach (string name in new[] { "clip.png", "link.png" })
            Assert.Contains("empty", Assert.Throws<MetadataException>(() => VideoMetadata.Read(folder[name])).Message);
    }

    [Theory]
    [InlineData(".png")]
    [InlineData(".gif")]
    [InlineData(".mkv")]
    public void A_file_is_known_by_what_it_holds_and_not_by_its_name(string ending)
    {
        Tools.RequireFor(ending);
        using var folder = new TestFolder();
        TestVideos.Drifting(1).SaveAs(folder["clip" + ending], TestVideos.Rate, TestVideos.Metadata);
        foreach (string name in new[] { "clip.mp4", "clip.avi", "clip" })
        {
            File.Copy(folder["clip" + ending], folder[name]);
            Assert.Equal(TestVideos.Metadata.Prompt, VideoMetadata.Read(folder[name]).Prompt);
        }
    }

    [Fact]
    public void Another_kind_of_file_is_said_to_be_no_video() =>
        Assert.Contains("none of the kinds of video", Refused("clip.mp4", [.. "#EXTM3U\nhttp://localhost/x.ts\n"u8]));

    [Theory]
    [InlineData(".png")]
    [InlineData(".gif")]
    [InlineData(".webp")]
    [InlineData(".safetensors")]
    [InlineData(".y4m")]
    public void Damage_anywhere_is_settings_or_a_sentence(string ending)
    {
        Tools.RequireFor(ending);
        using var folder = new TestFolder();
        TestVideos.Drifting(2, 8, 8).SaveAs(folder["clip" + ending], TestVideos.Rate, TestVideos.Metadata);
        string target = ending == ".y4m" ? folder["clip.y4m.json"] : folder["clip" + ending];
        byte[] whole = File.ReadAllBytes(target);
        var random = new Random(5);
        int refused = 0;
        for (int trial = 0; trial < 1000; trial++)
        {
            byte[] damaged = [.. whole];
            for (int edit = random.Next(1, 5); edit > 0; edit--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(target, damaged[..(trial % 3 == 0 ? random.Next(damaged.Length) : damaged.Length)]);
            try
            {
                VideoMetadata.Read(folder["clip" + ending]);
            }
            catch (MetadataException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 100, 1000);
    }

    private static byte[] PngStart() => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private static byte[] GifStart() => [.. "GIF89a"u8, 8, 0, 8, 0, 0, 0, 0];

    private static byte[] Webp(string xmp) => [.. "RIFF\0\0\0\0WEBPXMP "u8, .. Little(xmp.Length), .. Encoding.ASCII.GetBytes(xmp)];

    private static byte[] Big(uint number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }

    private static byte[] Little(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return bytes;
    }

    private static string Refused(string name, byte[] content)
    {
        using var folder = new TestFolder();
        File.WriteAllBytes(folder[name], content);
        return Assert.Throws<MetadataException>(() => VideoMetadata.Read(folder[name])).Message;
    }
}
