using System.Buffers.Binary;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Media;

public class PngTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 1, 7)]
    [InlineData(4, 5, 3)]
    [InlineData(17, 64, 64)]
    public void An_animation_decodes_to_the_same_pixels(int count, int height, int width)
    {
        using var folder = new TestFolder();
        foreach (var video in new[] { TestVideos.Noise(count, height, width), TestVideos.Drifting(count, height, width) })
        {
            video.SaveAs(folder["clip.png"], TestVideos.Rate, TestVideos.Metadata, overwrite: true);
            var file = new PngFile(folder["clip.png"]);
            Assert.Equal((width, height), (file.Width, file.Height));
            Assert.Equal(TestVideos.Bytes(video), file.Images().SelectMany(image => image));
        }
    }

    [Fact]
    public void An_animation_is_laid_out_as_the_specification_says()
    {
        using var folder = new TestFolder();
        TestVideos.Drifting(3).SaveAs(folder["clip.png"], new FrameRate(30000, 1001));
        var file = new PngFile(folder["clip.png"]);

        Assert.Equal(["IHDR", "acTL", "fcTL", "IDAT", "fcTL", "fdAT", "fcTL", "fdAT", "IEND"], file.Chunks.Select(chunk => chunk.Type));
        Assert.Equal([0, 0, 0, 3, 0, 0, 0, 0], file.Of("acTL").Single());       // 3 frames, played for ever
        var numbered = file.Chunks.Where(chunk => chunk.Type is "fcTL" or "fdAT");
        Assert.Equal([0, 1, 2, 3, 4], numbered.Select(chunk => BinaryPrimitives.ReadInt32BigEndian(chunk.Data)));
        foreach (byte[] control in file.Of("fcTL"))
        {
            Assert.Equal(1001, BinaryPrimitives.ReadUInt16BigEndian(control.AsSpan(20)));
            Assert.Equal(30000, BinaryPrimitives.ReadUInt16BigEndian(control.AsSpan(22)));
        }
    }

    [Fact]
    public void Ffmpeg_sees_the_same_animation()
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        var video = TestVideos.Noise(5, 31, 33);
        video.SaveAs(folder["clip.png"], new FrameRate(12), TestVideos.Metadata);
        var stream = Tools.Probe(folder["clip.png"]);
        Assert.Equal("apng", (string?)stream["codec_name"]);
        Assert.Equal("12/1", (string?)stream["r_frame_rate"]);
        Assert.Equal(TestVideos.Bytes(video), Tools.Decode(folder["clip.png"]));
    }

    [Fact]
    public void A_folder_holds_one_whole_file_a_frame()
    {
        using var folder = new TestFolder();
        var video = TestVideos.Noise(11, 6, 9);
        video.SaveAs(folder["clip"] + "/", TestVideos.Rate, TestVideos.Metadata);
        string[] files = [.. Directory.GetFiles(folder["clip"]).Order()];
        Assert.Equal(Enumerable.Range(1, 11).Select(i => $"{i:D4}.png"), files.Select(file => Path.GetFileName(file)));
        Assert.Equal(TestVideos.Bytes(video), files.SelectMany(file => new PngFile(file).Images().Single()));
    }

    [Fact]
    public void Ffmpeg_reads_the_folder_as_a_sequence()
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        var video = TestVideos.Drifting();
        video.SaveAs(folder["clip/"], TestVideos.Rate);
        Assert.Equal(TestVideos.Bytes(video), Tools.Decode(folder["clip/%04d.png"]));
    }

    [Fact]
    public void Smooth_pictures_are_filtered_small()
    {
        using var folder = new TestFolder();
        var video = TestVideos.Drifting(1, 256, 256);
        video.SaveAs(folder["clip.png"], TestVideos.Rate);
        Assert.True(new FileInfo(folder["clip.png"]).Length < 256 * 256 * 3 / 4);
    }
}
