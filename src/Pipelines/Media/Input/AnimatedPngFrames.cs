namespace CogVideoX.Pipelines.Media;

/// <summary>The frames of an animated PNG, ours or another program's, as they are seen; alpha is left out, as of a still picture.</summary>
internal sealed class AnimatedPngFrames : FrameSource
{
    /// <summary>ffmpeg's name for what is read here without it.</summary>
    public const string Demuxer = "apng";

    private readonly AnimatedPngFile file;
    private readonly AnimationCanvas canvas;
    private readonly InputLimits limits;
    private readonly double[]? times;
    private int drawn; // so many are on the canvas, or needn't be
    private int next;

    public AnimatedPngFrames(string path, InputLimits limits)
        : base(VideoProbe.Subject(path))
    {
        this.limits = limits;
        file = new AnimatedPngFile(Opened(Subject, path), Subject, limits);
        canvas = new AnimationCanvas(file.Size);
        AnimatedPngFrame first = file.Frames[0];
        bool isEven = file.Frames.All(frame => (long)frame.Delay * first.DelayParts == (long)first.Delay * frame.DelayParts);
        double seconds = file.Frames.Sum(frame => frame.Seconds);
        times = isEven ? null : Starts();
        Probe = new VideoProbe("APNG", file.Size.Width, file.Size.Height, file.PixelFormat)
        {
            Rate = seconds == 0 ? null : isEven ? new Ratio(first.DelayParts, first.Delay) : Average(seconds),
            FrameCount = file.Frames.Count,
            Duration = seconds == 0 ? null : VideoProbe.SaneSeconds(seconds),
        };
    }

    public override VideoProbe Probe { get; }

    public override double[]? Times(TimeSpan? until) => times;

    public override bool Read(Span<byte> frame, CancellationToken cancellation)
    {
        if (!Skip(frame, cancellation))
            return false;
        for (drawn = Math.Max(drawn, LastWhole()); drawn < next; drawn++)
        {
            cancellation.ThrowIfCancellationRequested();
            AnimatedPngFrame drawing = file.Frames[drawn];
            string subject = $"{Subject}: frame {drawn + 1}";
            canvas.Draw(drawing, PictureDecoder.Decoded(subject, "PNG", file.Still(drawn), limits).Rgba);
        }
        PictureDecoder.CopyWithoutAlpha(canvas.Rgba, frame);
        return true;
    }

    // Frames are drawn when one is seen that stands on them.
    public override bool Skip(Span<byte> scratch, CancellationToken cancellation)
    {
        if (next == file.Frames.Count)
            return false;
        next++;
        return true;
    }

    public override void Dispose() => file.Dispose();

    // The last frame up to the one that is read which hides all before it, and leaves nothing of them to come back.
    private int LastWhole()
    {
        int index = next - 1;
        while (index > drawn && !IsWhole(file.Frames[index]))
            index--;
        return index;
    }

    private bool IsWhole(AnimatedPngFrame frame) => frame is { IsBlended: false, Disposal: not FrameDisposal.Previous }
        && frame.Window == PixelWindow.Whole(file.Size);

    private double[] Starts()
    {
        var starts = new double[file.Frames.Count];
        for (int i = 1; i < starts.Length; i++)
            starts[i] = starts[i - 1] + file.Frames[i - 1].Seconds;
        return starts;
    }

    private Ratio Average(double seconds)
    {
        const double Microseconds = 1e6;
        return new Ratio((long)(file.Frames.Count * Microseconds), Math.Max(1, (long)Math.Round(seconds * Microseconds)));
    }
}
