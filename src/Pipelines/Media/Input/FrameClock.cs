namespace CogVideoX.Pipelines.Media;

/// <summary>
/// Which frame of a video is shown at the times k / rate: the one whose own time is nearest, of two as near the earlier. Times count from
/// the first frame.
/// </summary>
internal abstract class FrameClock
{
    /// <summary>The number of no frame.</summary>
    public const long None = long.MaxValue;

    /// <summary>Every frame once, in order.</summary>
    public static FrameClock EachFrame { get; } = new Even(1, 1);

    /// <param name="rate">The rate that is wanted.</param> <param name="source">Frames a second of the video, which come evenly.</param>
    public static FrameClock Of(FrameRate rate, Ratio source) =>
        new Even((Int128)source.Numerator * rate.Denominator, (Int128)source.Denominator * rate.Numerator);

    /// <param name="rate">The rate that is wanted.</param> <param name="times">Of the video's frames in seconds, rising.</param>
    public static FrameClock Of(FrameRate rate, double[] times) => new Uneven(rate, times);

    /// <summary>
    /// The number of the frame, which never falls from one k to the next; past the video's end one that it hasn't, or <see cref="None"/>.
    /// </summary>
    public abstract long IndexAt(int k);

    /// <summary>How many k, from 0 on, have a frame in a video of so many, but at most <paramref name="most"/>.</summary>
    public int Available(long frames, int most)
    {
        int low = 0, high = most;
        while (low < high)
        {
            int middle = low + (high - low) / 2;
            (low, high) = IndexAt(middle) < frames ? (middle + 1, high) : (low, middle);
        }
        return low;
    }

    // Frame k lies at k·source/rate of the video's frames: the nearest whole number, exactly.
    private sealed class Even(Int128 numerator, Int128 denominator) : FrameClock
    {
        public override long IndexAt(int k) => (long)((2 * numerator * k + denominator - 1) / (2 * denominator));
    }

    private sealed class Uneven(FrameRate rate, double[] times) : FrameClock
    {
        // Times of some files are rounded to milliseconds: what is nearer by no more than that is as near.
        private const double Rounding = 1e-3;

        public override long IndexAt(int k)
        {
            double time = times[0] + (double)k * rate.Denominator / rate.Numerator;
            int after = FirstFrom(time);
            if (after == 0)
                return 0;
            double late = time - times[after - 1];
            if (after < times.Length)
                return late <= times[after] - time + Rounding ? after - 1 : after;
            double pace = (times[^1] - times[0]) / Math.Max(times.Length - 1, 1);
            return late <= pace / 2 + Rounding ? after - 1 : None;
        }

        private int FirstFrom(double time)
        {
            int low = 0, high = times.Length;
            while (low < high)
            {
                int middle = low + (high - low) / 2;
                (low, high) = times[middle] < time ? (middle + 1, high) : (low, middle);
            }
            return low;
        }
    }
}
