using System.Diagnostics;
using System.Globalization;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Media;

/// <summary>
/// Frames that ffmpeg decodes, through its standard output. It is told the reader, may open nothing else, stops at the first damage, and is
/// ended when a frame takes too long.
/// </summary>
internal sealed class FfmpegFrames : FrameSource
{
    private readonly string path;
    private readonly Container container;
    private readonly InputLimits limits;
    private readonly string[] arguments;
    private readonly FfmpegProgram ffmpeg;
    private Process? process;
    private FfmpegWatch? watch;
    private long done;
    private volatile bool isLate;
    private bool wasCancelled;

    public FfmpegFrames(string path, Container container, FfmpegProgram ffmpeg, InputLimits limits)
        : base(VideoProbe.Subject(path))
    {
        (this.path, this.container, this.ffmpeg, this.limits) = (path, container, ffmpeg, limits);
        Probe = FfmpegProbe.Ask(path, container, ffmpeg, limits);
        arguments = Arguments(path, container);
    }

    public override VideoProbe Probe { get; }

    /// <summary>The ffmpeg program, for a file that takes it.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public static FfmpegProgram Program(string path) => FfmpegProgram.Find() ?? throw new InputException(
        $"{VideoProbe.Subject(path)} is read by the ffmpeg program, which isn't on PATH. "
        + "Install it, or give a Y4M file, an animated PNG or a folder of PNG files.");

    public override double[]? Times(TimeSpan? until) => FfmpegProbe.Times(path, container, ffmpeg, until);

    public override bool Read(Span<byte> frame, CancellationToken cancellation)
    {
        if (wasCancelled)
            throw new OperationCanceledException($"{Subject}: reading it was cancelled within a frame. Open it again to read on.");
        if (process is null)
        {
            process = Started();
            watch = new FfmpegWatch(process, file: null, ffmpeg.LongestRest);
        }
        int read = ReadOrEnd(process, frame, cancellation);
        wasCancelled = cancellation.IsCancellationRequested;
        cancellation.ThrowIfCancellationRequested();
        if (isLate)
        {
            throw new InputException(string.Create(
                CultureInfo.InvariantCulture,
                $"{Subject}: frame {done + 1} wasn't there after {limits.LongestFrame.TotalSeconds:0.#} s, and reading it was ended. "
                + $"Write it anew with another program."));
        }
        if (read == frame.Length)
        {
            done++;
            return true;
        }
        CheckEnd(read);
        return false;
    }

    public override void Dispose()
    {
        if (process is null)
            return;
        FfmpegProgram.End(process);
        process.WaitForExit();
        process.Dispose();
        process = null;
    }

    private int ReadOrEnd(Process decoding, Span<byte> frame, CancellationToken cancellation)
    {
        // Ending it is what ends the read.
        using var cancelling = cancellation.Register(() => FfmpegProgram.End(decoding));
        using var limit = new Timer(_ => EndLate(decoding), null, limits.LongestFrame, Timeout.InfiniteTimeSpan);
        int read = decoding.StandardOutput.BaseStream.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false);
        if (read < frame.Length)
            decoding.WaitForExit();
        return read;
    }

    private void EndLate(Process decoding)
    {
        isLate = true;
        FfmpegProgram.End(decoding);
    }

    private void CheckEnd(int rest)
    {
        string complaints = watch!.Complaints;
        if (process!.ExitCode == 0 && rest == 0 && complaints.Length == 0 && done > 0)
            return;
        string reason = complaints.Length == 0 && process.ExitCode == 0 ? "it ends there" : FfmpegProgram.Reason(complaints);
        throw new InputException($"{Subject} is damaged or cut off after {done} frames: {reason}. Copy or download it again.");
    }

    private Process Started()
    {
        try
        {
            var started = ffmpeg.Start(arguments);
            started.StandardInput.Close();
            return started;
        }
        catch (IOException exception)
        {
            throw new InputException($"{Subject} can't be read: {Quoted.Line(exception.Message)}. Repair ffmpeg.", exception);
        }
    }

    // Every frame once, whatever its time: each gets a tick of a clock of its own. The filter fps has to say so, too: with -r alone, some
    // readers' first two frames (of an APNG with 10 frames a second, of bare MPEG) come twice. ffmpeg turns them upright by itself.
    private string[] Arguments(string path, Container container) =>
    [
        "-hide_banner", "-loglevel", "error", "-xerror", "-nostdin", "-protocol_whitelist", "file",
        "-max_pixels", Whole(limits.MostPixels), "-f", container.Demuxer, "-i", "file:" + Path.GetFullPath(path),
        "-map", "0:V:0", "-an", "-sn", "-dn",
        "-vf", $"settb=1/25,setpts=N,fps=25,scale={Whole(Probe.Width)}:{Whole(Probe.Height)}"
            + ":flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp,format=rgb24",
        "-r", "25", "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1",
    ];

    private static string Whole(long number) => number.ToString(CultureInfo.InvariantCulture);
}
