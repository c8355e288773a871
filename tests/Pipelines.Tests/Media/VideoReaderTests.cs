using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Media;

/// <summary>Videos in: what they say about themselves, and their frames.</summary>
public class VideoReaderTests
{
    private static readonly VideoFrames Video = TestVideos.Noise(4, 24, 40);

    [Fact]
    public void Frames_of_a_lossless_file_come_back_bit_for_bit()
    {
        using var folder = new TestFolder();
        var metadata = TestVideos.Metadata with { Prompt = new string('x', 5000) }; // stands before the pixels
        Video.SaveAs(folder["clip.png"], new FrameRate(30000, 1001), metadata);
        using var reader = VideoReader.Open(folder["clip.png"]);
        Assert.Equal(("APNG", 40, 24), (reader.Probe.Container, reader.Probe.Width, reader.Probe.Height));
        Assert.Equal(new Ratio(30000, 1001), reader.Probe.Rate);
        Assert.Equal(TestVideos.Bytes(Video), Bytes(reader));
        Assert.Equal(4, reader.Position);
        Assert.False(reader.Read(new byte[reader.FrameLength], TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Floats_are_bytes_by_255()
    {
        using var folder = new TestFolder();
        Video.SaveAs(folder["clip/"], TestVideos.Rate);
        using var reader = VideoReader.Open(folder["clip"]);
        var frame = new float[reader.FrameLength];
        Assert.True(reader.Read(frame, TestContext.Current.CancellationToken));
        Assert.Equal(Video.FrameRgb24(0).Select(value => value / 255f), frame);
        Assert.Throws<ArgumentException>(() => reader.Read(new float[7], TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentException>(() => reader.Read(new byte[7], TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(".mp4", "MP4 or QuickTime")]
    [InlineData(".mov", "MP4 or QuickTime")]
    [InlineData(".mkv", "Matroska or WebM")]
    [InlineData(".webm", "Matroska or WebM")]
    [InlineData(".gif", "GIF")]
    public void What_we_write_is_read(string ending, string container)
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        var video = TestVideos.Drifting(5, 32, 48);
        video.SaveAs(folder["clip" + ending], TestVideos.Rate, TestVideos.Metadata);
        using var reader = VideoReader.Open(folder["clip" + ending]);
        var probe = reader.Probe;
        Assert.Equal((container, 48, 32, 5L), (probe.Container, probe.Width, probe.Height, probe.FrameCount));
        Assert.Equal(0.625, probe.Duration!.Value.TotalSeconds, 0.13);
        Assert.Equal(8.0, probe.Rate!.Value.Numerator / (double)probe.Rate.Value.Denominator, 0.1);
        Assert.Equal(probe, VideoProbe.Of(folder["clip" + ending]));
        var (_, mean) = Tools.Difference(TestVideos.Bytes(video), Bytes(reader));
        Assert.InRange(mean, 0, ending == ".gif" ? 12 : 3);
    }

    [Theory]
    [InlineData(".avi")]
    [InlineData(".flv")]
    [InlineData(".ogv")]
    [InlineData(".ts")]
    [InlineData(".mpg")]
    [InlineData(".wmv")]
    [InlineData(".nut")]
    [InlineData(".mxf")]
    public void Other_containers_are_known_by_their_first_bytes(string ending)
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        Make(folder, "clip" + ending, "-r", "25", "-frames:v", "6");
        File.Move(folder["clip" + ending], folder["clip"]);
        using var reader = VideoReader.Open(folder["clip"]);
        Assert.Equal((64, 48), (reader.Probe.Width, reader.Probe.Height));
        Assert.InRange(Bytes(reader).Length / reader.FrameLength, 5, 6);
    }

    [Fact]
    public void Each_frame_comes_once_whatever_its_time()
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        Make(folder, "uneven.mkv", "-vf", "settb=1/1000,setpts=40*N*N", "-vsync", "passthrough", "-frames:v", "7", "-c:v", "ffv1");
        using var reader = VideoReader.Open(folder["uneven.mkv"]);
        Assert.Equal(7, reader.Probe.FrameCount);
        Assert.Equal(7, Bytes(reader).Length / reader.FrameLength);
    }

    [Theory]
    [InlineData(".png", "-f", "apng")]
    [InlineData(".m2v", "-c:v", "mpeg2video")]
    public void Each_frame_comes_once_at_any_rate(string ending, params string[] options)
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        string[] source = ["-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=1.2"];
        Tools.Run("ffmpeg", [.. source, .. options, folder["clip" + ending]]);
        using var reader = VideoReader.Open(folder["clip" + ending]);
        Assert.Equal(12, reader.Probe.FrameCount);
        Assert.Equal(12, Bytes(reader).Length / reader.FrameLength);
    }

    [Fact]
    public void A_rotated_video_is_turned_upright()
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        // Red on the left, blue on the right.
        Tools.Run(
            "ffmpeg", "-v", "error",
            "-f", "lavfi", "-i", "color=red:size=32x48:rate=8", "-f", "lavfi", "-i", "color=blue:size=32x48:rate=8",
            "-filter_complex", "hstack", "-frames:v", "3", folder["plain.mp4"]);
        Tools.Run("ffmpeg", "-v", "error", "-i", folder["plain.mp4"], "-c", "copy", "-metadata:s:v", "rotate=90", folder["turned.mp4"]);
        using var reader = VideoReader.Open(folder["turned.mp4"]);
        Assert.SkipWhen(reader.Probe.Rotation == 0, "this ffmpeg doesn't take a rotation from a tag");
        Assert.Equal((48, 64), (reader.Probe.Width, reader.Probe.Height));
        byte[] frame = reader.Frames(TestContext.Current.CancellationToken).First();
        bool redIsOnTop = frame[0] > 128;
        Assert.Equal(redIsOnTop ? 90 : 270, reader.Probe.Rotation);
        Assert.True(redIsOnTop ? frame[^1] > 128 : frame[^3] > 128);
    }

    [Theory]
    [InlineData("it's here.mp4")]
    [InlineData("say \"hi\".mp4")]
    [InlineData("-y.mp4")]
    [InlineData("%d.mp4")]
    [InlineData("a:b.mp4")]
    [InlineData("concat:x|y.mp4")]
    [InlineData("模型 é\\.mp4")]
    public void Any_name_is_read(string name)
    {
        Tools.RequireFfmpeg();
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such names");
        using var folder = new TestFolder();
        Make(folder, "clip.mp4", "-frames:v", "2");
        File.Move(folder["clip.mp4"], folder[name]);
        using var reader = VideoReader.Open(folder[name]);
        Assert.Equal(2, reader.Frames(TestContext.Current.CancellationToken).Count());
    }

    [Fact]
    public void Reading_can_be_cancelled_and_left()
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        Make(folder, "clip.mkv", "-frames:v", "200");
        using var left = VideoReader.Open(folder["clip.mkv"]);
        Assert.True(left.Read(new byte[left.FrameLength], TestContext.Current.CancellationToken));
        using var reader = VideoReader.Open(folder["clip.mkv"]);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => reader.Read(new byte[reader.FrameLength], cancelled.Token));
    }

    [Theory]
    [InlineData("clip.mp4")]
    [InlineData("clip.y4m")]
    [InlineData("clip/")]
    public void A_reader_that_was_disposed_reads_nothing_more(string name)
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        TestVideos.Drifting(3, 32, 48).SaveAs(folder[name], TestVideos.Rate);
        var reader = VideoReader.Open(folder[name]);
        var frame = new byte[reader.FrameLength];
        Assert.True(reader.Read(frame, TestContext.Current.CancellationToken));
        reader.Dispose();
        reader.Dispose();
        Assert.Throws<ObjectDisposedException>(() => reader.Read(frame, TestContext.Current.CancellationToken));
        Assert.Throws<ObjectDisposedException>(() => reader.Read(new float[frame.Length], TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Frames_in_a_folder_come_by_number()
    {
        using var folder = new TestFolder();
        var video = TestVideos.Noise(3, 8, 8);
        video.SaveAs(folder["clip/"], TestVideos.Rate);
        File.Move(folder["clip/0003.png"], folder["clip/f-10.PNG"]);
        File.Move(folder["clip/0002.png"], folder["clip/f-2.png"]);
        File.Move(folder["clip/0001.png"], folder["clip/f-01.png"]);
        File.WriteAllText(folder["clip/.f-0.png"], "hidden");
        File.WriteAllText(folder["clip/notes.txt"], "other");
        using var reader = VideoReader.Open(folder["clip"]);
        Assert.Equal(("folder of PNG files", 3L), (reader.Probe.Container, reader.Probe.FrameCount));
        Assert.Null(reader.Probe.Rate);
        Assert.Equal(TestVideos.Bytes(video), Bytes(reader));
    }

    [Theory]
    [InlineData("2", "10", -1)]
    [InlineData("a2b", "a02b", -1)]
    [InlineData("a", "b", -1)]
    [InlineData("a", "a1", -1)]
    [InlineData("99999999999999999999999", "100000000000000000000000", -1)]
    [InlineData("x", "x", 0)]
    public void Numbers_in_names_count(string a, string b, int order)
    {
        Assert.Equal(order, Math.Sign(PngFolderFrames.CompareNumbers(a, b)));
        Assert.Equal(-order, Math.Sign(PngFolderFrames.CompareNumbers(b, a)));
    }

    [Fact]
    public void A_y4m_file_of_ours_comes_back()
    {
        using var folder = new TestFolder();
        var video = TestVideos.Drifting(3, 9, 13);
        video.SaveAs(folder["clip.y4m"], new FrameRate(24000, 1001));
        using var reader = VideoReader.Open(folder["clip.y4m"]);
        var probe = reader.Probe;
        Assert.Equal(("Y4M", 13, 9, "yuv444p"), (probe.Container, probe.Width, probe.Height, probe.PixelFormat));
        Assert.Equal((new Ratio(24000, 1001), 3L), (probe.Rate, probe.FrameCount));
        Assert.Equal(3 * 1001 / 24000.0, probe.Duration!.Value.TotalSeconds, 1e-6);
        Assert.InRange(Tools.Difference(TestVideos.Bytes(video), Bytes(reader)).Largest, 0, 2);
    }

    [Theory]
    [InlineData("yuv444p")]
    [InlineData("yuv422p")]
    [InlineData("yuv420p")]
    [InlineData("yuvj420p")]
    [InlineData("gray")]
    public void Y4m_is_read_as_ffmpeg_reads_it(string pixels)
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        TestVideos.Flat((0.9f, 0.2f, 0.1f), (0.1f, 0.3f, 0.8f), (0, 0, 0), (1, 1, 1)).SaveAs(folder["flat.y4m"], TestVideos.Rate);
        Tools.Run("ffmpeg", "-v", "error", "-i", folder["flat.y4m"], "-vf", $"crop=47:31:0:0:exact=1,format={pixels}", folder["made.y4m"]);
        using var reader = VideoReader.Open(folder["made.y4m"]);
        Assert.InRange(Tools.Difference(Tools.Decode(folder["made.y4m"]), Bytes(reader)).Largest, 0, 2);
    }

    private static void Make(TestFolder folder, string name, params string[] options) => Tools.Run(
        "ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=25", .. options, folder[name]]);

    private static byte[] Bytes(VideoReader reader) =>
        [.. reader.Frames(TestContext.Current.CancellationToken).SelectMany(frame => frame)];
}
