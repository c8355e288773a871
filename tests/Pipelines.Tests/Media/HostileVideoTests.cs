using System.Text;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Media;

/// <summary>Videos that are none, are damaged, or mean harm, and an ffmpeg that fails.</summary>
public class HostileVideoTests
{
    /// <summary>An ffprobe that knows of nine frames of 2×2.</summary>
    private const string NineFrames =
        "echo '{\"streams\":[{\"codec_type\":\"video\",\"width\":2,\"height\":2,\"nb_frames\":\"9\"}],\"format\":{}}'";

    private static readonly TimeSpan Half = TimeSpan.FromMilliseconds(500);

    [Theory]
    [InlineData("#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n", "an HLS playlist")]
    [InlineData("\uFEFF  #EXTM3U\nhttp://192.0.2.1/x.ts\n", "an HLS playlist")]
    [InlineData("ffconcat version 1.0\nfile '/etc/passwd'\n", "concat")]
    [InlineData("file '/etc/passwd'\n", "concat")]
    [InlineData("<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"/>", "a DASH manifest")]
    [InlineData("v=0\nc=IN IP4 192.0.2.1\n", "a session description")]
    [InlineData("[playlist]\nFile1=http://192.0.2.1/\n", "a playlist")]
    public void Lists_of_other_files_are_refused(string text, string kind)
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder["clip.mp4"], text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        string message = Refused(folder["clip.mp4"]);
        Assert.Contains(kind, message);
        Assert.Contains("aren't opened", message);
    }

    [Fact]
    public void What_is_no_video_is_refused()
    {
        using var folder = new TestFolder();
        Assert.Contains("isn't there", Refused(folder["none.mp4"]));
        File.WriteAllBytes(folder["empty.mp4"], []);
        Assert.Contains("is empty", Refused(folder["empty.mp4"]));
        File.WriteAllText(folder["text.mp4"], "Dear reader");
        Assert.Contains("isn't a video of a known kind", Refused(folder["text.mp4"]));
        File.WriteAllBytes(folder["still.mp4"], MadePng.Make(1, 1, 8, MadePng.Grey, [0]));
        Assert.Contains("is a still picture (PNG)", Refused(folder["still.mp4"]));
        File.WriteAllBytes(folder["moving.mp4"], [.. "RIFF\u0012\0\0\0WEBPVP8X\n\0\0\0\u0002"u8, .. new byte[9]]);
        Assert.Contains("is an animated WebP, which isn't read", Refused(folder["moving.mp4"]));
        File.WriteAllBytes(folder["still.webp"], [.. "RIFF\u0012\0\0\0WEBPVP8X\n\0\0\0\0"u8, .. new byte[9]]);
        Assert.Contains("is a still picture (WebP)", Refused(folder["still.webp"]));
        File.WriteAllText(folder["none.y4m"], "YUV4MPEG2 W4 H4 F8:1\n");
        Assert.Contains("has no frames", Refused(folder["none.y4m"]));
        Directory.CreateDirectory(folder["folder"]);
        Assert.Contains("has no PNG file in it", Refused(folder["folder"]));
    }

    [Fact]
    public void A_container_without_video_is_refused()
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        Tools.Run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=duration=0.1", folder["sound.mp4"]);
        Assert.Contains("has no video in it", Refused(folder["sound.mp4"]));
    }

    [Fact]
    public void Noise_under_a_known_mark_is_refused()
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        var random = new Random(5);
        byte[][] marks =
        [
            [0, 0, 0, 24, .. "ftypisom"u8], [0x1A, 0x45, 0xDF, 0xA3], [.. "GIF89a"u8], [.. "FLV\u0001"u8], [.. "OggS"u8],
            [.. "RIFF\0\0\0\0AVI "u8], [.. "DKIF"u8],
        ];
        foreach (byte[] mark in marks)
        {
            var noise = new byte[4000];
            random.NextBytes(noise);
            mark.CopyTo(noise, 0);
            File.WriteAllBytes(folder["noise"], noise);
            Assert.Contains("noise", RefusedWhileReading(folder["noise"]));
        }
    }

    [Theory]
    [InlineData(".mp4", 0.5)]
    [InlineData(".mkv", 0.5)]
    [InlineData(".png", 0.7)]
    public void A_file_that_is_cut_off_is_refused(string ending, double share)
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        TestVideos.Noise(12, 64, 64).SaveAs(folder["clip" + ending], TestVideos.Rate);
        byte[] whole = File.ReadAllBytes(folder["clip" + ending]);
        File.WriteAllBytes(folder["cut" + ending], whole[..(int)(whole.Length * share)]);
        Assert.Contains("cut" + ending, RefusedWhileReading(folder["cut" + ending]));
    }

    // ffmpeg tells the address of its object, which means nothing to anybody and differs each time.
    [Theory]
    [InlineData(".mp4")]
    [InlineData(".mkv")]
    public void Of_a_file_that_is_cut_off_or_junk_no_address_is_told_but_a_remedy(string ending)
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        TestVideos.Noise(12, 64, 64).SaveAs(folder["clip" + ending], TestVideos.Rate);
        byte[] whole = File.ReadAllBytes(folder["clip" + ending]);
        var noise = new byte[4000];
        new Random(5).NextBytes(noise);
        File.WriteAllBytes(folder["a" + ending], whole[..400]);
        File.WriteAllBytes(folder["b" + ending], whole[..(whole.Length / 2)]);
        File.WriteAllBytes(folder["c" + ending], [.. whole[..32], .. noise]);
        Assert.All(["a", "b", "c"], name =>
        {
            string message = RefusedWhileReading(folder[name + ending]);
            Assert.DoesNotContain(" @ ", message);
            Assert.EndsWith("Copy or download it again.", message);
        });
    }

    [Theory]
    [InlineData("[mov,mp4 @ 0x5581c0d2f440] moov atom not found\nx: Invalid data\n", "moov atom not found; x: Invalid data")]
    [InlineData("[in#0/mov @ 0x1] [dec @ 00000213ab] odd.\n", "odd")]
    [InlineData("[libx264 at work] all is well", "[libx264 at work] all is well")]
    [InlineData("", "it gave no reason")]
    public void What_ffmpeg_says_is_told_without_who_says_it(string complaints, string reason) =>
        Assert.Equal(reason, FfmpegProgram.Reason(complaints));

    [Fact]
    public void Sizes_and_counts_have_limits()
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        TestVideos.Noise(4, 24, 40).SaveAs(folder["clip.mkv"], TestVideos.Rate);
        Assert.Contains("40×24 pixels", Refused(folder["clip.mkv"], new InputLimits { MostPixels = 900 }));
        Assert.Contains("more than 3 frames", RefusedWhileReading(folder["clip.mkv"], new InputLimits { MostFrames = 3 }));
        TestVideos.Noise(4, 8, 8).SaveAs(folder["clip/"], TestVideos.Rate);
        Assert.Contains("has 4 frames; at most 3", Refused(folder["clip"], new InputLimits { MostFrames = 3 }));
        Assert.Contains("8×8 pixels", Refused(folder["clip"], new InputLimits { MostPixels = 60 }));
    }

    [Fact]
    public void Pictures_of_a_folder_must_be_alike_and_whole()
    {
        using var folder = new TestFolder();
        TestVideos.Noise(2, 8, 8).SaveAs(folder["clip/"], TestVideos.Rate);
        File.WriteAllBytes(folder["clip/0002.png"], MadePng.Make(4, 8, 8, MadePng.Grey, new byte[32]));
        Assert.Contains("is 4×8, the frames before it are 8×8", RefusedWhileReading(folder["clip"]));
        File.WriteAllText(folder["clip/0002.png"], "no picture");
        Assert.Contains("isn't of a known kind", RefusedWhileReading(folder["clip"]));
    }

    [Theory]
    [InlineData("YUV4MPEG2 W4 H4", "its first line has no end")]
    [InlineData("YUV4MPEG2 H4\n", "no size under W")]
    [InlineData("YUV4MPEG2 W0 H4 C444\n", "0×4 pixels")]
    [InlineData("YUV4MPEG2 W99999999 H4 C444\n", "99999999×4 pixels")]
    [InlineData("YUV4MPEG2 W4 H4 C420p10\n", "'C420p10'")]
    [InlineData("YUV4MPEG2 W4 H4 It C444\n", "is interlaced (It)")]
    [InlineData("YUV4MPEG2 W4 H4 C444\nFRAME\nabc", "cut off within frame 1")]
    [InlineData("YUV4MPEG2 W1 H1 Cmono\nFRAME\naF", "cut off before frame 2")]
    [InlineData("YUV4MPEG2 W1 H1 Cmono\nFRAME\naFRA", "cut off before frame 2")]
    [InlineData("YUV4MPEG2 W1 H1 Cmono\nFRAME\naFRAME", "cut off before frame 2")]
    [InlineData("YUV4MPEG2 W1 H1 Cmono\nFRAME\naFRAME\n", "cut off within frame 2")]
    [InlineData("YUV4MPEG2 W1 H1 Cmono\nFRA", "cut off before frame 1")]
    [InlineData("YUV4MPEG2 W4 H4 C444\nFROM\n", "frame 1 doesn't begin with FRAME")]
    [InlineData("YUV4MPEG2 W4 H4 C444\n", "has no frames: the Y4M file ends behind its first line")]
    public void Y4m_that_is_damaged_is_refused(string text, string problem)
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder["clip.y4m"], text);
        Assert.Contains(problem, RefusedWhileReading(folder["clip.y4m"]));
    }

    [Theory]
    [InlineData("exec sleep 600", "didn't answer within 0.5 s")]
    [InlineData("sleep 600 & sleep 600", "didn't answer within 0.5 s")]
    [InlineData("echo wrong >&2; exit 3", "ffprobe failed (exit code 3): wrong")]
    [InlineData("echo nonsense", "makes no sense")]
    [InlineData("echo '{}'", "makes no sense")]
    [InlineData("echo '{\"streams\":[],\"format\":{}}'", "has no video in it")]
    [InlineData("echo '{\"streams\":[{\"codec_type\":\"video\",\"width\":0,\"height\":0}],\"format\":{}}'", "0×0 pixels")]
    [InlineData("yes", "says more than can be meant")]
    public void An_ffprobe_that_fails_is_said(string commands, string problem)
    {
        using var folder = new TestFolder();
        var ffmpeg = Programs(folder, commands, "exit 0");
        Assert.Contains(problem, Assert.Throws<InputException>(() => Open(folder, ffmpeg)).Message);
    }

    [Theory]
    [InlineData("exec sleep 600", "frame 1 wasn't there after 0.5 s")]
    [InlineData("head -c 12 /dev/zero; exec sleep 600", "frame 2 wasn't there after 0.5 s")]
    [InlineData("echo wrong >&2; exit 3", "after 0 frames: wrong")]
    [InlineData("head -c 12 /dev/zero; exit 3", "after 1 frames: it gave no reason")]
    [InlineData("head -c 17 /dev/zero", "after 1 frames: it ends there")]
    [InlineData("head -c 12 /dev/zero; echo odd >&2", "after 1 frames: odd")]
    [InlineData("exit 0", "after 0 frames: it ends there")]
    public void An_ffmpeg_that_fails_is_said(string commands, string problem)
    {
        using var folder = new TestFolder();
        using var frames = Open(folder, Programs(folder, NineFrames, commands));
        Assert.Contains(problem, Assert.Throws<InputException>(() => ReadAll(frames, TestContext.Current.CancellationToken)).Message);
    }

    [Theory]
    [InlineData("echo 0.5,K_; echo 0.1,__; echo 0.3,_D", new[] { 0.1, 0.5 })]
    [InlineData("echo 0.5,K_; echo N/A,__", null)]
    [InlineData("echo 0.5,K_; echo ,", null)]
    [InlineData("echo 1e999,K_", null)]
    [InlineData("echo nonsense", null)]
    [InlineData("exit 3", null)]
    [InlineData("yes", null)]
    [InlineData("exec sleep 600", null)]
    public void Times_that_make_no_sense_are_none(string commands, double[]? times)
    {
        using var folder = new TestFolder();
        string answers = $"case \"$*\" in *pts_time*) {commands};; *) {NineFrames};; esac";
        var ffmpeg = Programs(folder, answers, "exit 0", forWholeFiles: commands.Contains("sleep") ? Half : TimeSpan.FromMinutes(5));
        using var frames = Open(folder, ffmpeg);
        Assert.Equal(times, frames.Times(TimeSpan.FromSeconds(3)));
        Assert.Equal(times, frames.Times(until: null));
    }

    [Fact]
    public void Cancelling_ends_an_ffmpeg_that_hangs()
    {
        using var folder = new TestFolder();
        using var frames = Open(folder, Programs(folder, NineFrames, "echo $$ > \"$(dirname $0)/pid\"; exec sleep 600"), new InputLimits());
        using var soon = new CancellationTokenSource(Half);
        Assert.ThrowsAny<OperationCanceledException>(() => ReadAll(frames, soon.Token));
        Assert.False(Directory.Exists("/proc/" + File.ReadAllText(folder["pid"]).Trim()));
        var again = Assert.Throws<OperationCanceledException>(() => ReadAll(frames, TestContext.Current.CancellationToken));
        Assert.Contains("was cancelled within a frame", again.Message);
    }

    [Fact]
    public void Without_ffprobe_it_is_said()
    {
        using var folder = new TestFolder();
        var alone = new FfmpegProgram(folder["ffmpeg"]) { ProbePath = folder["none"] };
        Assert.Contains("there is no ffprobe", Assert.Throws<IOException>(() => alone.AskProbe(TimeSpan.FromSeconds(1))).Message);
    }

    private static FfmpegFrames Open(TestFolder folder, FfmpegProgram ffmpeg, InputLimits? limits = null) =>
        new(folder["clip.mp4"], new Container("MP4", "mov"), ffmpeg, limits ?? new InputLimits { LongestFrame = Half });

    private static FfmpegProgram Programs(TestFolder folder, string ffprobe, string ffmpeg, TimeSpan? forWholeFiles = null)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "stands in for ffmpeg with a shell script");
        foreach ((string name, string commands) in new[] { ("ffprobe", ffprobe), ("ffmpeg", ffmpeg) })
        {
            File.WriteAllText(folder[name], "#!/bin/sh\n" + commands + "\n");
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(folder[name], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        var patience = forWholeFiles is null && ffprobe.Contains("sleep") ? Half : TimeSpan.FromMinutes(5);
        return new FfmpegProgram(folder["ffmpeg"]) { Patience = patience, PatienceForWholeFiles = forWholeFiles ?? patience };
    }

    private static void ReadAll(FfmpegFrames frames, CancellationToken cancellation)
    {
        var frame = new byte[12];
        for (int i = 0; i < 20; i++)
            frames.Read(frame, cancellation);
    }

    private static string Refused(string path, InputLimits? limits = null) =>
        Assert.Throws<InputException>(() => VideoProbe.Of(path, limits)).Message;

    private static string RefusedWhileReading(string path, InputLimits? limits = null) => Assert.Throws<InputException>(() =>
    {
        using var reader = VideoReader.Open(path, limits);
        var frame = new byte[reader.FrameLength];
        while (reader.Read(frame))
        {
        }
    }).Message;
}
