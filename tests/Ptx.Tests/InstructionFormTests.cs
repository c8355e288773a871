namespace CogVideoX.Ptx.Tests;

public class InstructionFormTests
{
    private static string? Missing(string text, string target, int version, int operands = 0, params string[] properties)
    {
        string[] words = text.Split('.');
        var shape = new InstructionShape(words[0], words[1..], operands) { Properties = properties };
        return InstructionForms.Missing(shape, PtxTarget.Parse(target), PtxVersion.OfTenths(version));
    }

    [Theory]
    [InlineData("add.s32", "sm_75", 63, null)]
    [InlineData("cp.async.ca.shared.global", "sm_75", 80, "requires .target sm_80 or higher")]
    [InlineData("ld.shared::cta.b32", "sm_80", 70, "requires PTX ISA .version 7.8 or later")]
    [InlineData("cp.async.ca.shared::cta.global", "sm_80", 70, null)]
    [InlineData("ld.acquire.cluster.b32", "sm_80", 80, "requires .target sm_90 or higher")]
    [InlineData("ld.global.v4.b64", "sm_100", 86, "requires PTX ISA .version 8.8 or later")]
    [InlineData("ld.global.v4.b32", "sm_75", 63, null)]
    [InlineData("setmaxnreg.inc.sync.aligned.u32", "sm_90", 80, "not supported on .target 'sm_90'")]
    [InlineData("setmaxnreg.inc.sync.aligned.u32", "sm_90a", 80, null)]
    [InlineData("setmaxnreg.inc.sync.aligned.u32", "sm_100f", 88, null)]
    [InlineData("wgmma.fence.sync.aligned", "sm_100a", 90, "requires .target sm_90a")]
    [InlineData("cvt.rn.bf16.f32", "sm_80", 70, null)]
    [InlineData("cvt.rn.bf16.f64", "sm_80", 80, "requires .target sm_90 or higher")]
    [InlineData("cvt.f32.bf16", "sm_80", 70, "requires PTX ISA .version 7.1 or later")]
    [InlineData("cvt.rn.satfinite.e4m3x2.f32", "sm_89", 80, "requires .target sm_90 or higher")]
    [InlineData("cvt.rn.satfinite.e4m3x2.f32", "sm_89", 81, null)]
    public void ATargetAndAVersionAreAsked(string text, string target, int version, string? missing)
    {
        string? said = Missing(text, target, version);
        if (missing is null)
            Assert.Null(said);
        else
            Assert.Contains(missing, said);
    }

    [Fact]
    public void OperandsAndPropertiesCount()
    {
        Assert.Null(Missing("max.f32", "sm_80", 80, operands: 3));
        Assert.NotNull(Missing("max.f32", "sm_80", 80, operands: 4));
        Assert.Null(Missing("mbarrier.arrive.shared.b64", "sm_80", 80, 2));
        Assert.NotNull(Missing("mbarrier.arrive.shared.b64", "sm_80", 80, 3, "count"));
    }

    /// <summary>A form that fits nothing, for a misspelt word, or whose target nobody has, would be no use and no error.</summary>
    [Fact]
    public void EveryFormNamesTargetsAndVersionsThatExist()
    {
        HashSet<int> numbers = [.. PtxTarget.Plain.Select(t => t.Number)];
        Assert.All(InstructionForms.All, form =>
        {
            Assert.True(form.Target == 0 || numbers.Contains(form.Target), form.Words);
            Assert.True(form.Version == 0 || PtxVersion.OfTenths(form.Version).IsKnown, form.Words);
            string[] only = form.Only.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.All(only, t => Assert.NotNull(PtxTarget.Parse("sm_" + t).FirstVersion));
            Assert.True(form.Target + form.Version + form.Only.Length > 0, form.Words);
        });
    }

    [Theory]
    [InlineData("shf.l.wrap.b32", null)]
    [InlineData("shf.wrap.l.b32", "l")]
    [InlineData("mbarrier.try_wait.shared.parity.b64", "parity")]
    [InlineData("add.s32.sat", null)]
    public void WordsOfTheNameStandFirst(string text, string? misplaced)
    {
        string[] words = text.Split('.');
        Assert.Equal(misplaced, InstructionNames.Misplaced(words[0], words[1..]));
    }

    [Theory]
    [InlineData("%clusterid.x", "sm_80", 80, "sm_90")]
    [InlineData("%clusterid.x", "sm_90", 78, null)]
    [InlineData(".maxclusterrank", "sm_90", 70, "7.8")]
    [InlineData("%tid.x", "sm_75", 63, null)]
    public void FeaturesAskToo(string name, string target, int version, string? word)
    {
        string? said = PtxFeature.Missing(name, PtxTarget.Parse(target), PtxVersion.OfTenths(version));
        if (word is null)
            Assert.Null(said);
        else
            Assert.Contains(word, said);
    }
}
