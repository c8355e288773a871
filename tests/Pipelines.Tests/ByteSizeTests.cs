namespace CogVideoX.Pipelines.Tests;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(999, "999 bytes")]
    [InlineData(1000, "1 kB")]
    [InlineData(999_499, "999 kB")]
    [InlineData(999_500, "1.0 MB")]
    [InlineData(9_949_999, "9.9 MB")]
    [InlineData(9_950_000, "10 MB")]
    [InlineData(999_499_999, "999 MB")]
    [InlineData(999_500_000, "1.00 GB")]
    [InlineData(13_310_000_000, "13.31 GB")]
    public void AmountsHaveTheUnitThatShowsThem(long bytes, string expected) => Assert.Equal(expected, ByteSize.ToText(bytes));
}
