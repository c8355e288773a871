using System.Buffers.Binary;
using System.Text;

namespace CogVideoX.Pipelines.Tests.Media;

/// <summary>ffmpeg writes animated WebP but doesn't read it: the container is read here, a picture in it by ffmpeg.</summary>
public class WebpTests
{
    [Theory]
    [InlineData(6, 47, 33)]
    [InlineData(1, 48, 32)]
    public void Frames_size_and_times_are_right(int count, int width, int height)
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        var video = TestVideos.Drifting(count, height, width);
        video.SaveAs(folder["clip.webp"], TestVideos.Rate, TestVideos.Metadata);
        var chunks = Chunks(folder["clip.webp"]);

        var (type, header) = chunks[0];
        Assert.Equal("VP8X", type);
        Assert.Equal(0x04, header[0] & 0x04);       // has XMP
        Assert.Equal((width, height), (Number(header.AsSpan(4)) + 1, Number(header.AsSpan(7)) + 1));
        Assert.Equal("XMP ", chunks[^1].Type);
        if (count > 1)
        {
            Assert.Equal(0x02, header[0] & 0x02);   // is animated
            Assert.Equal(Enumerable.Repeat(125, count), Frames(chunks).Select(frame => Number(frame.AsSpan(12))));
        }
    }

    [Fact]
    public void The_first_picture_has_the_colours_that_went_in()
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        var video = TestVideos.Drifting(3);
        video.SaveAs(folder["clip.webp"], TestVideos.Rate, TestVideos.Metadata);
        byte[] picture = Frames(Chunks(folder["clip.webp"])).First()[16..];
        File.WriteAllBytes(folder["first.webp"], [.. "RIFF"u8, .. BitConverter.GetBytes(4 + picture.Length), .. "WEBP"u8, .. picture]);
        var (largest, mean) = Tools.Difference(video.FrameRgb24(0), Tools.Decode(folder["first.webp"]));
        Assert.InRange(mean, 0, 2.0);
        Assert.InRange(largest, 0, 24);
    }

    private static IEnumerable<byte[]> Frames(List<(string Type, byte[] Data)> chunks) =>
        chunks.Where(chunk => chunk.Type == "ANMF").Select(chunk => chunk.Data);

    private static int Number(ReadOnlySpan<byte> bytes) => bytes[0] | bytes[1] << 8 | bytes[2] << 16;

    private static List<(string Type, byte[] Data)> Chunks(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        Assert.Equal("RIFF", Encoding.ASCII.GetString(file, 0, 4));
        Assert.Equal(file.Length - 8, BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(4)));
        var chunks = new List<(string, byte[])>();
        for (int at = 12; at < file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 4));
            chunks.Add((Encoding.ASCII.GetString(file, at, 4), file.AsSpan(at + 8, length).ToArray()));
            at += 8 + length + length % 2;
        }
        return chunks;
    }
}
