namespace CogVideoX.Ptx.Tests;

public class PtxVersionTests
{
    [Theory]
    [InlineData("7.8", true)]
    [InlineData("7.9", false)]
    [InlineData("8.8", true)]
    [InlineData("8.9", false)]
    [InlineData("8.10", true)]
    [InlineData("9.0", true)]
    [InlineData("9.1", false)]
    [InlineData("0.9", false)]
    public void SomeExist(string written, bool isKnown)
    {
        Assert.True(PtxVersion.TryParse(written, out PtxVersion version));
        Assert.Equal(written, version.ToString());
        Assert.Equal(isKnown, version.IsKnown);
    }

    [Theory]
    [InlineData("9")]
    [InlineData("9.")]
    [InlineData("a.b")]
    [InlineData("8.0.1")]
    [InlineData("8.-1")]
    [InlineData(null)]
    public void WhatIsNoVersionIsRefused(string? written) => Assert.False(PtxVersion.TryParse(written, out _));

    [Fact]
    public void TheTenthMinorComesAfterTheEighth()
    {
        PtxVersion eighth = new(8, 8), tenth = new(8, 10), next = new(9, 0);
        Assert.True(eighth < tenth && tenth < next && next > eighth && eighth <= tenth && next >= tenth);
        Assert.Equal(new PtxVersion(7, 8), PtxVersion.OfTenths(78));
        Assert.Equal(78, PtxVersion.OfTenths(78).Tenths);
    }
}
