using CogVideoX.Pipelines.Media;
using FsCheck;
using FsCheck.Fluent;

namespace CogVideoX.Pipelines.Tests.Media;

/// <summary>Which frame of a video is taken for each frame of another rate.</summary>
public class FrameClockTests
{
    [Theory]
    [InlineData("8", 30, 1, new long[] { 0, 4, 7, 11, 15, 19, 22 })]            // 3.75, 7.5 (as near to 7 as to 8), 11.25, 15, 18.75, 22.5
    [InlineData("8", 5, 1, new long[] { 0, 1, 1, 2, 2, 3, 4 })]                 // 0.625, 1.25, 1.875, 2.5, 3.125, 3.75
    [InlineData("8", 8, 1, new long[] { 0, 1, 2, 3 })]
    [InlineData("30000/1001", 30000, 1001, new long[] { 0, 1, 2, 3 })]
    [InlineData("0.5", 30000, 1001, new long[] { 0, 60, 120, 180 })]            // 59.94, 119.88, 179.82
    public void The_nearest_frame_is_taken(string rate, long numerator, long denominator, long[] expected)
    {
        var clock = FrameClock.Of(FrameRate.Parse(rate), new Ratio(numerator, denominator));
        Assert.Equal(expected, Enumerable.Range(0, expected.Length).Select(clock.IndexAt));
    }

    [Fact]
    public void Large_numbers_are_exact()
    {
        var clock = FrameClock.Of(new FrameRate(1, 65535), new Ratio(long.MaxValue / 65535 / int.MaxValue, 1));
        Assert.Equal((long.MaxValue / 65535 / int.MaxValue) * 65535L * 1_000_000, clock.IndexAt(1_000_000));
    }

    [Fact]
    public void Of_uneven_times_the_nearest_is_taken()
    {
        double[] times = [2, 2.04, 2.16, 2.36, 2.64, 3, 3.44];
        var clock = FrameClock.Of(new FrameRate(5), times);
        Assert.Equal([0, 2, 3, 4, 4, 5, 5, 6, FrameClock.None], Enumerable.Range(0, 9).Select(clock.IndexAt));
        Assert.Equal(8, clock.Available(times.Length, 100));
        Assert.Equal(3, clock.Available(times.Length, 3));
    }

    [Fact]
    public void One_frame_is_shown_once() =>
        Assert.Equal([0, FrameClock.None], Enumerable.Range(0, 2).Select(FrameClock.Of(new FrameRate(8), [5.0]).IndexAt));

    [Fact]
    public void Even_times_are_taken_alike_with_and_without_them() =>
        Prop.ForAll(Rates().ToArbitrary(), rates =>
        {
            double pace = (double)rates.Source.Denominator / rates.Source.Numerator;
            double[] times = [.. Enumerable.Range(0, 200).Select(i => Math.Round(i * pace, 6))];
            FrameClock even = FrameClock.Of(rates.Wanted, rates.Source), uneven = FrameClock.Of(rates.Wanted, times);
            double step = (double)rates.Wanted.Denominator / rates.Wanted.Numerator;
            // Where two frames are as near but for a millisecond, which times may be wrong by, it is the earlier.
            return Enumerable.Range(0, even.Available(150, 100)).All(k => even.IndexAt(k) == uneven.IndexAt(k)
                || (even.IndexAt(k) == uneven.IndexAt(k) + 1 && Math.Abs(k * step - (even.IndexAt(k) - 0.5) * pace) <= 0.5e-3 + 1e-6));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Indices_rise_and_none_is_nearer() =>
        Prop.ForAll(Rates().ToArbitrary(), rates =>
        {
            var clock = FrameClock.Of(rates.Wanted, rates.Source);
            double pace = (double)rates.Source.Numerator * rates.Wanted.Denominator / rates.Source.Denominator / rates.Wanted.Numerator;
            return Enumerable.Range(0, 100).All(k =>
                Math.Abs(clock.IndexAt(k) - k * pace) <= 0.5 + 1e-9 && clock.IndexAt(k) <= clock.IndexAt(k + 1));
        }).QuickCheckThrowOnFailure();

    private static Gen<(FrameRate Wanted, Ratio Source)> Rates() =>
        from wanted in Gen.Elements("5", "8", "12", "16", "24000/1001", "30", "7.5")
        from source in Gen.Elements((5, 1), (8, 1), (12, 1), (25, 1), (30, 1), (24000, 1001), (60000, 1001), (100, 3))
        select (FrameRate.Parse(wanted), new Ratio(source.Item1, source.Item2));
}
