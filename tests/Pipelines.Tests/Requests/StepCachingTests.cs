using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Requests;

/// <summary>Which cache a run has, as text, in files, and where nobody says.</summary>
public sealed class StepCachingTests
{
    [Theory]
    [InlineData("none", "none")]
    [InlineData("First-Block", "first-block:0.05")]
    [InlineData("first-block:0.125", "first-block:0.125")]
    [InlineData("first-block:1e-3", "first-block:0.001")]
    [InlineData("pyramid", "pyramid:2,100,800")]
    [InlineData("pyramid:4,0,999.5", "pyramid:4,0,999.5")]
    public void IsReadAndWritten(string text, string canonical)
    {
        var caching = StepCaching.Parse(text);
        Assert.Equal(canonical, caching.ToString());
        Assert.Equal(caching, StepCaching.Parse(canonical));
    }

    [Theory]
    [InlineData("", "'' can't be; choose none, first-block:0.05 or pyramid:2,100,800")]
    [InlineData("teacache", "'teacache' can't be; choose none")]
    [InlineData("none:1", "'none:1' can't be; choose none")]
    [InlineData("first-block:", "'first-block:' can't be; choose none")]
    [InlineData("first-block:0,05", "'first-block:0,05' can't be; choose none")]
    [InlineData("first-block:0", "'first-block:0' can't be: 0 isn't a threshold; choose a share above 0, up to 10, such as 0.05")]
    [InlineData("first-block:NaN", "NaN isn't a threshold")]
    [InlineData("first-block:11", "11 isn't a threshold")]
    [InlineData("pyramid:2", "'pyramid:2' can't be; choose none")]
    [InlineData("pyramid:2.5,100,800", "'pyramid:2.5,100,800' can't be; choose none")]
    [InlineData("pyramid:1,100,800", "'pyramid:1,100,800' can't be: a skip of 1 isn't one; choose a whole number from 2 to 1000")]
    [InlineData("pyramid:2,800,100", "timesteps 800 to 100 are no range; choose two from 0 to 1000, the smaller first, such as 100,800")]
    [InlineData("pyramid:2,-1,100", "timesteps -1 to 100 are no range")]
    [InlineData("pyramid:2,100,1001", "timesteps 100 to 1001 are no range")]
    [InlineData("pyramid:2,NaN,100", "timesteps NaN to 100 are no range")]
    public void RefusesWhatCantBe(string text, string says) =>
        Assert.Contains(says, Assert.Throws<FormatException>(() => StepCaching.Parse(text)).Message);

    [Fact]
    public void IsOffUnlessAskedForAndThenInNoFile()
    {
        using var pipeline = CogVideoXPipeline.Open(TestModels.Tiny2b);
        GenerationSettings settings = pipeline.Plan(TestModels.Quick).Settings;
        Assert.Equal(StepCaching.None, settings.Cache);
        Assert.DoesNotContain("cache", settings.ToMetadata("shapes").Settings.Keys);
        Assert.Equal(StepCaching.None, GenerationSettings.From(settings.ToMetadata("shapes")).Cache);
        GenerationMetadata kept = (settings with { Cache = StepCaching.FirstBlock() }).ToMetadata("shapes");
        Assert.Equal("first-block:0.05", kept.Settings["cache"]!.GetValue<string>());
        Assert.Equal(StepCaching.FirstBlock(), GenerationSettings.From(kept).Cache);
    }
}
