namespace CogVideoX.Ptx.Tests;

public class PtxTargetTests
{
    [Theory]
    [InlineData("sm_90a", "sm_90a", 8, 0)]
    [InlineData("compute_90", "sm_90", 7, 8)]
    [InlineData("sm_100f", "sm_100f", 8, 8)]
    [InlineData("sm_120", "sm_120", 8, 7)]
    public void IsKnownFromAVersionOn(string written, string name, int major, int minor)
    {
        Assert.True(PtxTarget.TryParse(written, out PtxTarget target));
        Assert.Equal(name, target.ToString());
        Assert.Equal(new PtxVersion(major, minor), target.FirstVersion);
    }

    [Theory]
    [InlineData("sm_81")]
    [InlineData("sm_90f")]
    [InlineData("sm_80a")]
    public void SomeDoNotExist(string written) => Assert.Null(PtxTarget.Parse(written).FirstVersion);

    [Theory]
    [InlineData("")]
    [InlineData("SM_90")]
    [InlineData("sm_")]
    [InlineData("sm_a")]
    [InlineData("sm_-9")]
    [InlineData("sm_99999")]
    [InlineData("debug")]
    public void WhatIsNoTargetIsRefused(string written) =>
        Assert.Contains(written, Assert.Throws<FormatException>(() => PtxTarget.Parse(written)).Message);

    [Theory]
    [InlineData("sm_80", "sm_90a", true)]
    [InlineData("sm_90", "sm_80", false)]
    [InlineData("sm_90a", "sm_90a", true)]
    [InlineData("sm_90a", "sm_90", false)]
    [InlineData("sm_90a", "sm_100a", false)]
    [InlineData("sm_100f", "sm_103a", true)]
    [InlineData("sm_100f", "sm_120a", false)]
    public void CodeRunsOn(string target, string device, bool runs) =>
        Assert.Equal(runs, PtxTarget.Parse(target).RunsOn(PtxTarget.Parse(device)));
}
