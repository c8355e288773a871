using CogVideoX.Models.Configuration;

namespace CogVideoX.Models.Tests.Configuration;

/// <summary>Frame counts follow from the configs.</summary>
public sealed class FrameRuleTests
{
    private static readonly ModelFolder Folder = GoldenModels.Folder("5b");

    [Fact]
    public void TheFirstModelsTakeEightNAndOne()
    {
        FrameRule rule = Folder.FrameRule;
        Assert.Equal(("8·N + 1", 8, 8), (rule.ToString(), rule.Group, rule.AdvisedGroup));
        Assert.Equal([1, 9, 17, 25], Enumerable.Range(-8, 40).Where(rule.Allows));
        Assert.Equal((49, 1, 9, 9), (rule.At(6), rule.Below(8), rule.Below(9), rule.Below(16)));
    }

    [Fact]
    public void WherePatchesHaveTwoLatentFramesSixteenNAndOneIsAdvised()
    {
        FrameRule rule = FrameRule.Of(Folder.Transformer with { TemporalPatchSize = 2 }, Folder.Vae);
        Assert.True(rule.Allows(81) && rule.Advises(81));
        Assert.True(rule.Allows(89) && !rule.Advises(89));
    }

    [Fact]
    public void ACompressionOfAnotherKindMakesOtherGroups() =>
        Assert.Equal("4·N + 1", FrameRule.Of(Folder.Transformer, Folder.Vae with { TemporalCompression = 2 }).ToString());
}
