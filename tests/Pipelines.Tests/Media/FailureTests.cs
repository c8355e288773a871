using System.Diagnostics;
using CogVideoX.Pipelines.Media;
using CogVideoX.Pipelines.Reports;

namespace CogVideoX.Pipelines.Tests.Media;

/// <summary>A full disk, and an ffmpeg that is missing or fails.</summary>
public class FailureTests
{
    private static readonly VideoFrames Video = TestVideos.Noise(40, 64, 64);
    private static readonly VideoShape Shape = TestVideos.Shape(Video);

    [Theory]
    [InlineData(".png")]
    [InlineData("/")]
    [InlineData(".y4m")]
    [InlineData(".safetensors")]
    [InlineData(".mp4")]
    [InlineData(".mov")]
    [InlineData(".mkv")]
    [InlineData(".webm")]
    [InlineData(".gif")]
    [InlineData(".webp")]
    public void A_full_disk_is_named_and_nothing_stays(string ending)
    {
        Tools.RequireFor(ending);
        using var folder = new TestFolder();
        string disk = Directory.CreateDirectory(folder["disk"]).FullName;
        Assert.SkipUnless(TryMount(disk), "mounting a small disk takes root on Linux");
        try
        {
            string path = Path.Combine(disk, "clip" + ending);
            var error = Assert.Throws<OutputException>(() => Video.SaveAs(path, TestVideos.Rate, TestVideos.Metadata));
            Assert.Contains("the disk is full", error.Message);
            Assert.Empty(Directory.GetFileSystemEntries(disk));
        }
        finally
        {
            Tools.Run("umount", disk);
        }
    }

    [Fact]
    public void Of_a_disk_with_little_room_the_sizes_are_told()
    {
        using var folder = new TestFolder();
        string disk = Directory.CreateDirectory(folder["disk"]).FullName;
        Assert.SkipUnless(TryMount(disk), "mounting a small disk takes root on Linux");
        try
        {
            var latents = new VideoLatents(new float[10_000], [1, 1, 1, 100, 100]);
            var error = Assert.Throws<OutputException>(() => latents.Save(Path.Combine(disk, "latents")));
            Assert.Matches(@"\(40\.\d kB are needed, \d\.\d kB are free\)", error.Message);
            Assert.Empty(Directory.GetFileSystemEntries(disk));
        }
        finally
        {
            Tools.Run("umount", disk);
        }
    }

    [Fact]
    public void A_device_that_takes_nothing_counts_as_full()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "this system has no /dev/full");
        using var folder = new TestFolder();
        var target = new OutputTarget(folder["clip.png"], VideoFormats.ForPath("clip.png"), new VideoOptions());
        using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        var cause = Assert.ThrowsAny<IOException>(() => full.WriteByte(1));
        Assert.Contains("the disk is full", target.Explain(cause)!.Message);
    }

    [Fact]
    public void Without_ffmpeg_its_formats_are_refused_and_png_is_offered()
    {
        var error = Assert.Throws<OutputException>(() => new Mp4Format().Require("clip.mp4", FfmpegProgram.Find("/nowhere:/etc")));
        Assert.StartsWith("'clip.mp4'", error.Message);
        Assert.Contains("isn't on PATH", error.Message);
        Assert.Contains(".png", error.Message);
    }

    [Fact]
    public void The_ending_of_a_file_without_name_is_one_that_can_be_written()
    {
        using var folder = new TestFolder();
        Assert.Equal(".png", VideoFormats.DefaultExtension(null));
        Assert.Equal(".png", VideoFormats.DefaultExtension(Script(folder, "exit 3")));
        Assert.Equal(".png", VideoFormats.DefaultExtension(Script(folder, "echo ' V..... gif x'")));
        Assert.Equal(".mp4", VideoFormats.DefaultExtension(Script(folder, "echo ' V..... libx264 x'")));
    }

    [Fact]
    public void The_program_on_path_is_found_and_runs()
    {
        Tools.RequireFfmpeg();
        var ffmpeg = FfmpegProgram.Find()!;
        Assert.True(File.Exists(ffmpeg.Path));
        Assert.StartsWith("ffmpeg version", ffmpeg.Version());
    }

    [Fact]
    public void An_ffmpeg_without_the_encoder_is_refused()
    {
        using var folder = new TestFolder();
        var ffmpeg = Script(folder, "echo ' V..... libx264 x'");
        var error = Assert.Throws<OutputException>(() => new WebmFormat().ChooseEncoder("clip.webm", ffmpeg, new EncodingOptions()));
        Assert.Contains("without libvpx-vp9", error.Message);
        Assert.Contains(".png", error.Message);
    }

    [Fact]
    public void An_ffmpeg_that_does_not_run_is_refused()
    {
        using var folder = new TestFolder();
        var ffmpeg = Script(folder, "echo no libfoo.so >&2; exit 127");
        var error = Assert.Throws<OutputException>(() => new Mp4Format().ChooseEncoder("clip.mp4", ffmpeg, new EncodingOptions()));
        Assert.Contains("no libfoo.so", error.Message);
    }

    [Fact]
    public void What_ffmpeg_says_when_it_fails_is_shown()
    {
        using var folder = new TestFolder();
        var ffmpeg = EncoderScript(folder, "echo 'the reason' >&2; exit 3");
        using var sink = Sink(folder, ffmpeg);
        var error = Assert.Throws<OutputException>(() => WriteAll(sink, TestContext.Current.CancellationToken));
        Assert.Contains("exit code 3", error.Message);
        Assert.Contains("the reason", error.Message);
        Assert.Equal(["ffmpeg"], folder.Names);
    }

    [Fact]
    public void Cancelling_ends_an_ffmpeg_that_hangs()
    {
        using var folder = new TestFolder();
        var ffmpeg = EncoderScript(folder, "echo $$ > \"$(dirname $0)/pid\"; exec sleep 600");
        using var sink = Sink(folder, ffmpeg);
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        Assert.ThrowsAny<OperationCanceledException>(() => WriteAll(sink, soon.Token));
        Assert.False(Directory.Exists("/proc/" + File.ReadAllText(folder["pid"]).Trim()));
        Assert.Equal(["ffmpeg", "pid"], folder.Names);
    }

    [Fact]
    public void An_ffmpeg_that_hangs_while_it_takes_frames_is_ended()
    {
        using var folder = new TestFolder();
        var ffmpeg = EncoderScript(folder, "echo $$ > \"$(dirname $0)/pid\"; exec sleep 600", rest: TimeSpan.FromMilliseconds(500));
        using var sink = Sink(folder, ffmpeg);
        var error = Assert.Throws<OutputException>(() => WriteAll(sink, TestContext.Current.CancellationToken));
        Assert.Contains("made no progress for 0.5 s", error.Message);
        Assert.False(Directory.Exists("/proc/" + File.ReadAllText(folder["pid"]).Trim()));
        Assert.Equal(["ffmpeg", "pid"], folder.Names);
    }

    [Fact]
    public void An_ffmpeg_that_hangs_after_the_last_frame_is_ended()
    {
        using var folder = new TestFolder();
        var ffmpeg = EncoderScript(folder, "cat > /dev/null; exec sleep 600", rest: TimeSpan.FromMilliseconds(500));
        using var sink = Sink(folder, ffmpeg);
        var error = Assert.Throws<OutputException>(() => WriteAll(sink, TestContext.Current.CancellationToken));
        Assert.Contains("made no progress for 0.5 s", error.Message);
        Assert.Equal(["ffmpeg"], folder.Names);
    }

    [Theory]
    [InlineData("exec sleep 600")]
    [InlineData("sleep 600 & sleep 600")]
    [InlineData("(sleep 3; kill $$) & echo ' V..... libx264 x'; exec sleep 600")]
    public void An_ffmpeg_that_does_not_answer_is_ended(string commands)
    {
        using var folder = new TestFolder();
        var ffmpeg = Script(folder, commands, TimeSpan.FromMilliseconds(500));
        var error = Assert.Throws<OutputException>(() => new Mp4Format().ChooseEncoder("clip.mp4", ffmpeg, new EncodingOptions()));
        Assert.Contains("didn't answer within 0.5 s", error.Message);
    }

    [Fact]
    public void What_ffmpeg_says_is_shown_in_one_line_without_control_characters()
    {
        using var folder = new TestFolder();
        var ffmpeg = EncoderScript(folder, "printf 'first\\n\\033[31msecond\\n' >&2; exit 3");
        using var sink = Sink(folder, ffmpeg);
        var error = Assert.Throws<OutputException>(() => WriteAll(sink, TestContext.Current.CancellationToken));
        Assert.EndsWith(@"first; \u001B[31msecond", error.Message);
    }

    [Fact]
    public void Doctor_runs_ffmpeg()
    {
        using var folder = new TestFolder();
        string encoders = string.Concat(new[] { "libx264", "libvpx-vp9", "libwebp_anim", "gif" }.Select(name => $" V..... {name} x\n"));
        var good = SystemReport.Ffmpeg(Script(folder, $"case $1 in -version) echo ffmpeg version 9;; *) printf '{encoders}';; esac"));
        Assert.True(good.IsGood);
        Assert.Contains("ffmpeg version 9; encoders: libx264, libvpx-vp9, gif, libwebp_anim", good.Found);

        var partial = SystemReport.Ffmpeg(Script(folder, "echo ' V..... libx264 x'"));
        Assert.False(partial.IsGood);
        Assert.Contains("without libvpx-vp9, gif, libwebp_anim, libwebp: no .webm, .gif, .webp;", partial.Cost);

        Assert.Contains("exit code 3", SystemReport.Ffmpeg(Script(folder, "exit 3")).Found);
        Assert.Contains("didn't answer", SystemReport.Ffmpeg(Script(folder, "exec sleep 600", TimeSpan.FromMilliseconds(500))).Found);
        Assert.Equal("not on PATH", SystemReport.Ffmpeg(null).Found);
    }

    private static VideoSink Sink(TestFolder folder, FfmpegProgram ffmpeg)
    {
        var format = new Mp4Format();
        var target = new OutputTarget(folder["clip.mp4"], format, new VideoOptions());
        return VideoSink.Started(new FfmpegSink(target, Shape, new VideoOptions(), format, ffmpeg));
    }

    /// <summary>Claims to have libx264, then does this instead of encoding.</summary>
    private static FfmpegProgram EncoderScript(TestFolder folder, string commands, TimeSpan? rest = null) =>
        Script(folder, $"case $2 in -encoders) echo ' V..... libx264 x';; *) {commands};; esac", rest: rest);

    private static FfmpegProgram Script(TestFolder folder, string commands, TimeSpan? patience = null, TimeSpan? rest = null)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "stands in for ffmpeg with a shell script");
        File.WriteAllText(folder["ffmpeg"], "#!/bin/sh\n" + commands + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder["ffmpeg"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new FfmpegProgram(folder["ffmpeg"])
        {
            Patience = patience ?? TimeSpan.FromMinutes(5),
            LongestRest = rest ?? TimeSpan.FromMinutes(5),
        };
    }

    private static void WriteAll(VideoSink sink, CancellationToken cancellation)
    {
        for (int i = 0; i < Video.Count; i++)
            sink.Write(Video.Frame(i).Span, cancellation);
        sink.Complete(cancellation);
    }

    private static bool TryMount(string folder)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        var start = new ProcessStartInfo("mount", ["-t", "tmpfs", "-o", "size=8k", "tmpfs", folder]) { RedirectStandardError = true };
        using var mount = Process.Start(start)!;
        mount.WaitForExit();
        return mount.ExitCode == 0;
    }
}
