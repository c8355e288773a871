using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Media;

public class EncodingTests
{
    private static readonly VideoFrames Video = TestVideos.Drifting(5, 64, 96);
    private static readonly VideoShape Shape = TestVideos.Shape(Video);

    public static TheoryData<string> FfmpegEndings => [".mp4", ".mov", ".mkv", ".webm", ".gif", ".webp"];

    public static TheoryData<string, VideoCodec> Pairs()
    {
        var pairs = new TheoryData<string, VideoCodec>();
        foreach (var format in VideoFormats.All)
        {
            foreach (var codec in format.Codecs)
                pairs.Add(format.Extension, codec);
        }
        return pairs;
    }

    [Theory]
    [MemberData(nameof(FfmpegEndings))]
    public void The_same_video_gives_the_same_bytes(string ending)
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        Video.SaveAs(folder["a" + ending], TestVideos.Rate, TestVideos.Metadata);
        Video.SaveAs(folder["b" + ending], TestVideos.Rate, TestVideos.Metadata);
        Assert.Equal(File.ReadAllBytes(folder["a" + ending]), File.ReadAllBytes(folder["b" + ending]));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Every_codec_of_a_container_keeps_frames_colours_and_settings(string ending, VideoCodec codec)
    {
        RequireEncoder(codec);
        using var folder = new TestFolder();
        foreach (var video in new[] { Video, TestVideos.Drifting(5, 65, 97) })
        {
            var options = new VideoOptions
            {
                Metadata = TestVideos.Metadata,
                Encoding = new EncodingOptions { Codec = codec },
                WhenTaken = WhenTaken.Overwrite,
            };
            string file = video.Save(folder["clip" + ending], TestVideos.Rate, options, TestContext.Current.CancellationToken);
            var stream = Tools.Probe(file);
            string[] names = ["h264", "hevc", "vp9", "av1", "prores"];
            Assert.Equal(names[(int)codec], (string?)stream["codec_name"]);
            Assert.Equal("5", (string?)stream["nb_read_frames"]);
            Assert.Equal(TestVideos.Metadata.Prompt, VideoMetadata.Read(file).Prompt);
            if (video == Video)
                Assert.InRange(Tools.Difference(TestVideos.Bytes(video), Tools.Decode(file)).Mean, 0, 2.0);
        }
    }

    [Theory]
    [InlineData(".mp4", null)]
    [InlineData(".mp4", VideoCodec.H265)]
    [InlineData(".webm", null)]
    [InlineData(".webm", VideoCodec.Av1)]
    [InlineData(".mov", VideoCodec.ProRes)]
    [InlineData(".webp", null)]
    public void A_higher_quality_is_nearer_and_larger(string ending, VideoCodec? codec)
    {
        Tools.RequireFfmpeg();
        if (codec is { } given)
            RequireEncoder(given);
        using var folder = new TestFolder();
        var video = TestVideos.Noise(4, 64, 96);
        long[] sizes = [.. new[] { 1, 40, 100 }.Select(quality =>
        {
            var encoding = new EncodingOptions { Codec = codec, Quality = quality };
            return new FileInfo(video.Save(folder[quality + ending], TestVideos.Rate, new VideoOptions { Encoding = encoding })).Length;
        })];
        Assert.True(sizes[0] < sizes[1] && sizes[1] < sizes[2], string.Join(" ", sizes));
        if (ending == ".webp")
            return;                 // ffmpeg doesn't read animated ones
        double[] differences = [.. new[] { 1, 40, 100 }.Select(quality =>
            Tools.Difference(TestVideos.Bytes(video), Tools.Decode(folder[quality + ending])).Mean)];
        Assert.True(differences[0] > differences[1] && differences[1] > differences[2], string.Join(" ", differences));
    }

    [Theory]
    [InlineData(".png")]
    [InlineData("/")]
    [InlineData(".y4m")]
    [InlineData(".safetensors")]
    [InlineData(".gif")]
    public void Formats_without_a_quality_refuse_one(string ending)
    {
        string message = Refused("clip" + ending, new EncodingOptions { Quality = 50 });
        Assert.Contains($"{ending} has no quality to choose; .mp4, .mov, .mkv, .webm, .webp have", message);
    }

    [Theory]
    [InlineData(".png", VideoCodec.H264, ".png can't hold H.264; .mp4, .mov, .mkv can")]
    [InlineData(".gif", VideoCodec.Av1, ".gif can't hold AV1; .mp4, .mkv, .webm can")]
    [InlineData(".mp4", VideoCodec.ProRes, ".mp4 can't hold ProRes, only H.264, H.265, VP9, AV1; .mov, .mkv can")]
    [InlineData(".webm", VideoCodec.H264, ".webm can't hold H.264, only VP9, AV1; .mp4, .mov, .mkv can")]
    public void A_codec_that_a_container_cannot_hold_is_refused(string ending, VideoCodec codec, string problem) =>
        Assert.Contains(problem, Refused("clip" + ending, new EncodingOptions { Codec = codec }));

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    [InlineData(-1)]
    public void A_quality_off_the_scale_is_refused(int quality) =>
        Assert.Contains("choose from 1 to 100", Refused("clip.mp4", new EncodingOptions { Quality = quality }));

    [Fact]
    public void A_codec_that_does_not_exist_is_a_mistake_of_the_caller() => Assert.Throws<ArgumentOutOfRangeException>(
        () => VideoSink.Check("clip.mp4", Shape, new VideoOptions { Encoding = new EncodingOptions { Codec = (VideoCodec)9 } }));

    [Fact]
    public void A_codec_that_was_asked_for_is_not_replaced_by_another()
    {
        var encoders = new Mp4Format().EncodersFor(new EncodingOptions { Codec = VideoCodec.H264 });
        Assert.Equal(["libx264", "libopenh264"], encoders.Select(encoder => encoder.Name));
    }

    [Fact]
    public void A_picture_that_is_too_small_for_a_codec_is_refused_before_the_work()
    {
        RequireEncoder(VideoCodec.H265);
        var options = new VideoOptions { Encoding = new EncodingOptions { Codec = VideoCodec.H265 } };
        var error = Assert.Throws<OutputException>(() => VideoSink.Check("clip.mp4", new VideoShape(1, 8, 64, TestVideos.Rate), options));
        Assert.Contains("H.265 takes at least 16 pixels a side (libx265), not 64×8", error.Message);
    }

    private static string Refused(string path, EncodingOptions encoding) =>
        Assert.Throws<OutputException>(() => VideoSink.Check(path, Shape, new VideoOptions { Encoding = encoding })).Message;

    private static void RequireEncoder(VideoCodec codec)
    {
        Tools.RequireFfmpeg();
        Assert.SkipUnless(
            FfmpegEncoder.Of(codec).Any(encoder => FfmpegProgram.Find()!.HasEncoder(encoder.Name)),
            $"this ffmpeg has no encoder of {codec}");
    }
}
