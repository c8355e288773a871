using System.Diagnostics;
using System.Globalization;

namespace CogVideoX.Pipelines.Media;

/// <summary>Hands frames to ffmpeg through its standard input.</summary>
internal sealed class FfmpegSink : FileSink
{
    private const int PieceBytes = 1 << 18;
    private readonly FfmpegFormat format;
    private readonly FfmpegProgram ffmpeg;
    private readonly VideoOptions options;
    private readonly byte[] rgb;
    private Process? process;
    private FfmpegWatch? watch;

    public FfmpegSink(OutputTarget target, VideoShape shape, VideoOptions options, FfmpegFormat format, FfmpegProgram ffmpeg)
        : base(target, shape, options)
    {
        (this.options, this.format, this.ffmpeg) = (options, format, ffmpeg);
        rgb = new byte[shape.FrameLength];
    }

    // Some versions (5.1) say so and end with exit code 0.
    private bool DiskIsFull => watch!.Complaints.Contains("No space left on device", StringComparison.Ordinal);

    private protected override void Start()
    {
        var encoder = format.ChooseEncoder(Target.ShownPath, ffmpeg, options.Encoding);
        process = ffmpeg.Start(format.Arguments(encoder, Shape, options, Target.TemporaryPath));
        watch = new FfmpegWatch(process, Target.TemporaryPath, ffmpeg.LongestRest);
    }

    private protected override void WriteFrame(ReadOnlySpan<float> frame, int index, CancellationToken cancellation)
    {
        Rgb24.FromUnit(frame, rgb);
        SpeakToFfmpeg(SendFrame, cancellation);
        FrameIsDone();
    }

    private protected override void Finish(CancellationToken cancellation)
    {
        SpeakToFfmpeg(
            () =>
            {
                process!.StandardInput.Close();
                process.WaitForExit();
            },
            cancellation);
        if (process!.ExitCode != 0 || DiskIsFull)
            throw Failed();
        format.FinishFile(Target.TemporaryPath, Shape, options.Metadata);
    }

    private protected override void Release()
    {
        if (process is null)
            return;
        FfmpegProgram.End(process);
        process.WaitForExit();      // until then, Windows doesn't let the file be removed
        process.Dispose();
        process = null;
    }

    private void SendFrame()
    {
        for (int sent = 0; sent < rgb.Length; sent += PieceBytes)
        {
            process!.StandardInput.BaseStream.Write(rgb, sent, Math.Min(PieceBytes, rgb.Length - sent));
            watch!.Progressed();
        }
    }

    private void SpeakToFfmpeg(Action speak, CancellationToken cancellation)
    {
        // A write blocks while ffmpeg is busy, or hangs; killing it is what ends the write.
        using var killing = cancellation.Register(() => FfmpegProgram.End(process!));
        using var guard = watch!.Guard();
        try
        {
            speak();
        }
        catch (IOException)
        {
            cancellation.ThrowIfCancellationRequested();
            throw Failed();         // it closed its end: what it said is the reason
        }
        cancellation.ThrowIfCancellationRequested();
    }

    private OutputException Failed()
    {
        if (watch!.HasStalled)
        {
            return Target.Refused(string.Create(
                CultureInfo.InvariantCulture,
                $"could not be written: ffmpeg made no progress for {ffmpeg.LongestRest.TotalSeconds:0.#} s and was ended; "
                + $"try again, or write another format"));
        }
        process!.WaitForExit();
        return DiskIsFull
            ? Target.DiskFull()
            : Target.Refused(
                $"could not be written: ffmpeg failed (exit code {process.ExitCode}): {FfmpegProgram.Reason(watch.Complaints)}");
    }
}
