using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Media;

public class FrameRateTests
{
    [Theory]
    [InlineData("8", 8, 1)]
    [InlineData("16/2", 8, 1)]
    [InlineData("29.97", 2997, 100)]
    [InlineData("30000/1001", 30000, 1001)]
    [InlineData("0.5", 1, 2)]
    [InlineData("131070/2", 65535, 1)]
    public void Text_becomes_an_exact_fraction(string text, int numerator, int denominator)
    {
        var rate = FrameRate.Parse(text);
        Assert.Equal((numerator, denominator), (rate.Numerator, rate.Denominator));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-8")]
    [InlineData("8/0")]
    [InlineData("NaN")]
    [InlineData("1e3")]
    [InlineData("70000")]
    [InlineData("0.0000001")]
    [InlineData("70001/3")]
    [InlineData("1/2/3")]
    public void Anything_else_is_refused(string text)
    {
        var error = Assert.Throws<FormatException>(() => FrameRate.Parse(text));
        Assert.StartsWith($"'{text}' is not a frame rate", error.Message);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-1.0)]
    [InlineData(0.0)]
    public void A_number_that_is_no_rate_is_refused(double number) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameRate.FromDouble(number));
}
