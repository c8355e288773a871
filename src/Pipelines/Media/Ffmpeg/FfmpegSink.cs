using System.Diagnostics;

namespace CogVideoX.Pipelines.Media;

/// <summary>Hands frames to ffmpeg through its standard input.</summary>
internal sealed class FfmpegSink(
    OutputTarget target, VideoShape shape, GenerationMetadata? metadata, FfmpegFormat format, FfmpegProgram ffmpeg)
    : VideoSink(target, shape)
{
    private const int ShownLines = 8;
    private readonly byte[] rgb = new byte[shape.FrameLength];
    private Process? process;
    private Task<string>? complaints;

    // Some versions (5.1) say so and end with exit code 0.
    private bool DiskIsFull => complaints!.Result.Contains("No space left on device", StringComparison.Ordinal);

    private protected override void Start()
    {
        var encoder = format.ChooseEncoder(Target.TemporaryPath, ffmpeg);
        process = ffmpeg.Start(format.Arguments(encoder, Shape, metadata, Target.TemporaryPath));
        complaints = process.StandardError.ReadToEndAsync();
    }

    private protected override void WriteFrame(ReadOnlySpan<float> frame, int index, CancellationToken cancellation)
    {
        Rgb24.FromPlanar(frame, rgb);
        SpeakToFfmpeg(() => process!.StandardInput.BaseStream.Write(rgb), cancellation);
    }

    private protected override void Finish(CancellationToken cancellation)
    {
        SpeakToFfmpeg(process!.StandardInput.Close, cancellation);
        process.WaitForExitAsync(cancellation).GetAwaiter().GetResult();
        if (process.ExitCode != 0 || DiskIsFull)
            throw Failed();
        format.FinishFile(Target.TemporaryPath, Shape, metadata);
    }

    private protected override void Release()
    {
        if (process is null)
            return;
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        process.WaitForExit();      // until then, Windows doesn't let the file be removed
        process.Dispose();
        process = null;
    }

    private void SpeakToFfmpeg(Action speak, CancellationToken cancellation)
    {
        // A write blocks while ffmpeg is busy; killing ffmpeg is what ends it.
        using var killing = cancellation.Register(() => process!.Kill(entireProcessTree: true));
        try
        {
            speak();
        }
        catch (IOException)
        {
            cancellation.ThrowIfCancellationRequested();
            throw Failed();         // it closed its end: what it said is the reason
        }
    }

    private OutputException Failed()
    {
        process!.WaitForExit();
        if (DiskIsFull)
            return Target.DiskFull();
        string said = complaints!.Result.Trim();
        string reason = said == "" ? "it gave no reason" : string.Join('\n', said.Split('\n').TakeLast(ShownLines));
        return Target.Refused($"could not be written: ffmpeg failed (exit code {process.ExitCode}): {reason}");
    }
}
