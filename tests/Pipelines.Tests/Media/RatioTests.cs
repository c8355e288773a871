using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Media;

public class RatioTests
{
    [Theory]
    [InlineData("30000/1001", 30000, 1001)]
    [InlineData("30000:1001", 30000, 1001)]
    [InlineData("50/2", 25, 1)]
    [InlineData("9223372036854775807/1", long.MaxValue, 1)]
    public void Fractions_are_read_in_lowest_terms(string text, long numerator, long denominator) =>
        Assert.Equal(new Ratio(numerator, denominator), Ratio.TryParse(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("25")]
    [InlineData("0/0")]
    [InlineData("-1/2")]
    [InlineData("1/0")]
    [InlineData("1/2/3")]
    [InlineData("99999999999999999999/1")]
    public void What_is_none_gives_null(string? text) => Assert.Null(Ratio.TryParse(text));

    [Theory]
    [InlineData(30000, 1001, 30000, 1001)]
    [InlineData(8, 1, 8, 1)]
    [InlineData(1, 65535, 1, 65535)]
    [InlineData(1_000_000, 1, 65535, 1)]
    [InlineData(1, 1_000_000, 1, 65535)]
    public void A_frame_rate_is_the_fraction_or_one_near_it(long numerator, long denominator, int top, int bottom) =>
        Assert.Equal(new FrameRate(top, bottom), new Ratio(numerator, denominator).ToFrameRate());

    [Fact]
    public void Of_a_fraction_that_does_not_fit_the_frame_rate_is_very_near()
    {
        var rate = new Ratio(359280, 11989).ToFrameRate();
        Assert.Equal(359280 / 11989.0, rate.Numerator / (double)rate.Denominator, 1e-6);
    }

    [Fact]
    public void Parts_must_be_positive()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Ratio(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Ratio(1, 0));
    }
}
