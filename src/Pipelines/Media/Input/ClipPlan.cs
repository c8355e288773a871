using System.Globalization;

namespace CogVideoX.Pipelines.Media;

/// <summary>
/// What a clip will be, from what the video says about itself: what can't become one is refused before a frame is decoded.
/// </summary>
internal sealed class ClipPlan
{
    private readonly VideoReader reader;
    private readonly ClipOptions options;
    private readonly Ratio? source;
    private readonly double[]? times; // of frames that don't come at the source's rate

    /// <exception cref="ArgumentException">An option makes no sense, or the reader has read frames.</exception>
    /// <exception cref="InputException">The video is too short for what is wanted, or too large to be held.</exception>
    public ClipPlan(VideoReader reader, ClipOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (reader.Position > 0)
            throw new ArgumentException($"{reader.Subject} has been read to frame {reader.Position}; a clip begins with the first.");
        if (options.Count < 1)
            throw new ArgumentException($"A clip of {options.Count} frames has nothing to show.", nameof(options));
        if (options is { Count: { } count, Allows: { } allows } && !allows(count))
            throw new ArgumentException($"{count} frames are wanted, and are none of the counts that are allowed.", nameof(options));
        (this.reader, this.options) = (reader, options);
        var probe = reader.Probe;
        var size = new PixelSize(probe.Height, probe.Width);
        Placement = ImagePlacement.Of(reader.Subject, size, options.Size ?? size, options.Fit);
        source = options.SourceRate is { } given ? new Ratio(given.Numerator, given.Denominator) : probe.Rate;
        Rate = options.Rate ?? source?.ToFrameRate();
        Most = options.Count ?? (int)Math.Min(reader.Limits.MostFrames, int.MaxValue);
        double[]? stored = options.Rate is null || options.SourceRate is not null ? null : reader.Times(TimeNeeded());
        times = stored is not null && IsAtSourceRate(stored) ? null : stored;
        Clock = ClockOf();
        if (probe.FrameCount is not { } frames)
        {
            Expected = options.Count ?? 1;
            return;
        }
        int available = Clock.Available(frames, Most);
        CheckHeld(Math.Min(available, Clock.IndexAt(available - 1) + 1));
        Expected = CountOf(available);
    }

    /// <summary>How many frames the clip gets by what the video says; those that are wanted, or one, where it doesn't say.</summary>
    public int Expected { get; }

    /// <summary>What becomes of each frame.</summary>
    public ImagePlacement Placement { get; }

    /// <summary>Which frames are taken.</summary>
    public FrameClock Clock { get; }

    /// <summary>How many are taken at most.</summary>
    public int Most { get; }

    /// <summary>Of the clip.</summary>
    public FrameRate? Rate { get; }

    /// <exception cref="InputException">So many frames are more than the limits allow to hold.</exception>
    public void CheckHeld(long frames)
    {
        if (frames <= reader.Limits.MostClipBytes / Placement.To.Rgb24Bytes)
            return;
        throw new InputException(
            $"{reader.Subject} has more frames of {Placement.To} pixels than are held at once ({reader.Limits.MostClipBytes} bytes, "
            + $"{reader.Limits.MostClipBytes / Placement.To.Rgb24Bytes} frames). Take fewer, or make them smaller.");
    }

    /// <summary>Frames of the video: those that came, once it has been read to its end.</summary>
    private long? Total => reader.IsAtEnd ? reader.Position : reader.Probe.FrameCount;

    /// <summary>How many frames the clip gets of as many as there are at its rate.</summary>
    /// <exception cref="InputException">They are fewer than are needed, or than a model takes.</exception>
    public int CountOf(int found)
    {
        int count = Math.Min(found, Most);
        while (count > 0 && options.Allows?.Invoke(count) == false)
            count--;
        if (count > 0 && !(options.NeedsCount && count < options.Count))
            return count;
        string made = options.Rate is { } rate && found != Total ? $", which make {found} at {Number(rate)} a second" : "";
        string wanted = options.Count is { } number ? $"{number} are wanted" : "no count that small can be used";
        string remedy = count > 0 ? $"Give a longer video, or take {Counted.Of(count, "frame")}." : "Give a longer video.";
        throw new InputException($"{reader.Subject} is too short: it has {Counted.Of(Total ?? found, "frame")}{made}; {wanted}. {remedy}");
    }

    /// <summary>What was done, in one line.</summary>
    public string Summary(int count)
    {
        string done = $"{reader.Subject}: took {Taken(count)}{Pace()}";
        if (Placement.ToString() is { Length: > 0 } fitting)
            done += $", {fitting}";
        string note = reader.Note is { } said ? $" {said}" : "";
        return done + (options.Count > count ? $". It is too short for {options.Count} frames." : ".") + note;
    }

    private string Taken(int count)
    {
        int[] used = [.. Enumerable.Range(0, count).Select(k => (int)Clock.IndexAt(k))];
        int distinct = used.Distinct().Count();
        string frames = Total is { } all ? $" of {Counted.Of(all, "frame")}" : distinct == 1 ? " frame" : " frames";
        if (distinct < count)
            return $"{distinct}{frames}, {(distinct == 1 ? "" : "some ")}more than once, for {count}";
        if (used[^1] != count - 1)
            return $"{count}{frames}";
        if (count == Total)
            return count == 1 ? "its only frame" : $"all {count} frames";
        return count == 1 ? $"the first{frames}" : $"the first {count}{frames}";
    }

    private string Pace()
    {
        if (options.Rate is not { } rate)
            return "";
        if (times is not null)
            return $", {Number(rate)} a second by the times of each";
        if (source is not { } known)
            return $", as if they came {Number(rate)} a second, since it doesn't say how fast they come";
        return known.ToFrameRate() == rate ? "" : $", {Number(rate)} of {Number((double)known.Numerator / known.Denominator)} a second";
    }

    private FrameClock ClockOf()
    {
        if (options.Rate is not { } rate)
            return FrameClock.EachFrame;
        if (times is not null)
            return FrameClock.Of(rate, times);
        return source is { } known ? FrameClock.Of(rate, known) : FrameClock.EachFrame;
    }

    /// <summary>How far into the video the clip reaches, with room for frames that are stored out of order; null for all of it.</summary>
    private TimeSpan? TimeNeeded()
    {
        if (options is not { Rate: { } rate, Count: { } count } || source is not { } known)
            return null;
        const double Spare = 2, SpareFrames = 32;
        double frame = (double)known.Denominator / known.Numerator;
        return VideoProbe.SaneSeconds((double)count * rate.Denominator / rate.Numerator + Math.Max(Spare, SpareFrames * frame));
    }

    // Files count time in milliseconds, some of them; there is nothing to know then but the rate.
    private bool IsAtSourceRate(double[] stored)
    {
        if (source is not { } known)
            return false;
        const double Rounding = 1.001e-3;
        double pace = (double)known.Denominator / known.Numerator;
        return !stored.Where((time, i) => Math.Abs(time - stored[0] - i * pace) > Rounding).Any();
    }

    private static string Number(FrameRate rate) => Number((double)rate.Numerator / rate.Denominator);

    private static string Number(double rate) => rate.ToString(rate < 1 ? "G2" : "0.##", CultureInfo.InvariantCulture);
}
