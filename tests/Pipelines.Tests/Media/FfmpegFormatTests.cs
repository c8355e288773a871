using System.Globalization;
using System.Text;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Media;

public class FfmpegFormatTests
{
    [Theory]
    [InlineData(".mp4", "h264", 48, 32)]
    [InlineData(".mp4", "h264", 47, 31)]
    [InlineData(".mov", "h264", 48, 32)]
    [InlineData(".mov", "h264", 47, 31)]
    [InlineData(".mkv", "h264", 48, 32)]
    [InlineData(".mkv", "h264", 47, 31)]
    [InlineData(".webm", "vp9", 48, 32)]
    [InlineData(".webm", "vp9", 47, 31)]
    public void Lossy_video_keeps_size_rate_count_and_colours(string extension, string codec, int width, int height)
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        string file = folder["clip" + extension];
        var video = TestVideos.Drifting(9, height, width);
        video.SaveAs(file, new FrameRate(30000, 1001), TestVideos.Metadata);

        var stream = Tools.Probe(file);
        Assert.Equal(codec, (string?)stream["codec_name"]);
        Assert.Equal("30000/1001", (string?)stream["r_frame_rate"]);
        Assert.Equal("9", (string?)stream["nb_read_frames"]);
        Assert.Equal("yuv420p", (string?)stream["pix_fmt"]);
        Assert.Equal("bt709", (string?)stream["color_space"]);
        Assert.Equal("tv", (string?)stream["color_range"]);
        byte[] decoded = Crop(Tools.Decode(file), (int)stream["width"]!, (int)stream["height"]!, width, height);
        var (largest, mean) = Tools.Difference(TestVideos.Bytes(video), decoded);
        Assert.InRange(mean, 0, 2.0);
        Assert.InRange(largest, 0, 24);
    }

    [Theory]
    [InlineData(".mp4")]
    [InlineData(".webm")]
    [InlineData(".gif")]
    public void Flat_colours_come_back(string extension)
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        var video = TestVideos.Flat(
            (0.9f, 0.1f, 0.1f), (0.1f, 0.75f, 0.15f), (0.15f, 0.25f, 0.95f), (0.42f, 0.42f, 0.42f), (0, 0, 0), (1, 1, 1));
        video.SaveAs(folder["clip" + extension], TestVideos.Rate, TestVideos.Metadata);
        var (largest, _) = Tools.Difference(TestVideos.Bytes(video), Tools.Decode(folder["clip" + extension]));
        Assert.InRange(largest, 0, 3);
    }

    [Fact]
    public void An_mp4_starts_with_its_index()
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        TestVideos.Drifting().SaveAs(folder["clip.mp4"], TestVideos.Rate, TestVideos.Metadata);
        string file = Encoding.Latin1.GetString(File.ReadAllBytes(folder["clip.mp4"]));
        Assert.InRange(file.IndexOf("moov", StringComparison.Ordinal), 1, file.IndexOf("mdat", StringComparison.Ordinal));
    }

    [Fact]
    public void A_gif_has_every_frame_and_lasts_as_long_as_the_video()
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        var video = TestVideos.Drifting(16, 33, 47);
        video.SaveAs(folder["clip.gif"], TestVideos.Rate, TestVideos.Metadata);
        var stream = Tools.Probe(folder["clip.gif"]);
        Assert.Equal("16", (string?)stream["nb_read_frames"]);
        Assert.Equal((47, 33), ((int)stream["width"]!, (int)stream["height"]!));
        Assert.Equal(2.0, double.Parse((string)stream["duration"]!, CultureInfo.InvariantCulture), 0.011);
        var (_, mean) = Tools.Difference(TestVideos.Bytes(video), Tools.Decode(folder["clip.gif"]));
        Assert.InRange(mean, 0, 8);
    }

    // Still frames: encoders put them into another order, as far as they may.
    [Theory]
    [InlineData(".mp4", 17, 8191)]
    [InlineData(".mov", 9, 8191)]
    [InlineData(".webp", 9, 16777)]
    [InlineData(".gif", 9, 655)]
    [InlineData(".mkv", 9, 65535)]
    [InlineData(".webm", 9, 65535)]
    public void The_slowest_rate_that_is_taken_is_written(string extension, int count, int seconds)
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        VideoFrames video = TestVideos.Flat([.. Enumerable.Repeat((0.5f, 0.5f, 0.5f), count)]);
        video.SaveAs(folder["clip" + extension], new FrameRate(1, seconds), TestVideos.Metadata);
        Assert.True(new FileInfo(folder["clip" + extension]).Length > 0);
    }

    [Theory]
    [InlineData(".mp4", 1, 8192)]
    [InlineData(".mp4", 9, 65535)]
    [InlineData(".mov", 9, 65535)]
    [InlineData(".mov", 17, 8191)]
    [InlineData(".webp", 1, 16778)]
    [InlineData(".webp", 129, 16777)]
    [InlineData(".gif", 1, 656)]
    public void A_slower_one_is_refused_before_anything_runs(string extension, int count, int seconds)
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        var shape = new VideoShape(count, 32, 48, new FrameRate(1, seconds));
        string message = Assert.Throws<OutputException>(() => VideoSink.Check(folder["clip" + extension], shape)).Message;
        Assert.Contains("rate", message);
        Assert.Contains("use .", message);
    }

    [Fact]
    public void The_other_encoders_of_mp4_work_too()
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        var (format, ffmpeg) = (new Mp4Format(), FfmpegProgram.Find()!);
        foreach (var encoder in format.EncodersFor(new EncodingOptions()).Where(encoder => ffmpeg.HasEncoder(encoder.Name)))
        {
            var shape = TestVideos.Shape(TestVideos.Drifting());
            using var process = ffmpeg.Start(format.Arguments(encoder, shape, new VideoOptions(), folder["clip.mp4"]));
            process.StandardInput.BaseStream.Write(TestVideos.Bytes(TestVideos.Drifting()));
            process.StandardInput.Close();
            Assert.Equal("", process.StandardError.ReadToEnd());
            Assert.Equal("5", (string?)Tools.Probe(folder["clip.mp4"])["nb_read_frames"]);
        }
    }

    private static byte[] Crop(byte[] video, int storedWidth, int storedHeight, int width, int height)
    {
        Assert.Equal((width + width % 2, height + height % 2).ToString(), Even(storedWidth, storedHeight));
        int rows = video.Length / (3 * storedWidth);
        return [.. Enumerable.Range(0, rows)
            .Where(row => row % storedHeight < height)
            .SelectMany(row => video.Skip(row * 3 * storedWidth).Take(3 * width))];
    }

    // VP9 stores odd sizes as they are, H.264 the next even ones.
    private static string Even(int width, int height) => (width + width % 2, height + height % 2).ToString();
}
