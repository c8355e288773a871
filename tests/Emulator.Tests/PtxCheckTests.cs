namespace CogVideoX.Emulator.Tests;

/// <summary>What a check says beyond single instructions, which <see cref="PtxasOracleTests"/> has by the thousand.</summary>
public class PtxCheckTests
{
    private const string Head = ".version 8.0 .target sm_80 .address_size 64\n";

    private static PtxVerdict Body(string body, string target = "sm_80", string version = "8.0") =>
        PtxTable.Check(new PtxTableRow("a", target, version, "entry", body));

    [Fact]
    public void FunctionsThatNobodyCallsAreChecked()
    {
        PtxVerdict verdict = PtxCheck.Of(Head + ".func f()\n{\n.reg .f32 %f;\nadd.s32 %f, %f, 1;\nret;\n}\n.entry k() { ret; }");
        Assert.False(verdict.Accepts);
        Assert.Equal(5, verdict.Line);
        Assert.True(PtxCheck.Of(Head + ".func f() { ret; } .entry k() { ret; }").Accepts);
    }

    [Theory]
    [InlineData("sm_80", "sm_90", true)]
    [InlineData("sm_90", "sm_80", false)]
    [InlineData("sm_90a", "sm_90a", true)]
    [InlineData("sm_90a", "sm_100a", false)]
    public void CodeIsForADevice(string target, string device, bool accepts)
    {
        string text = $".version 8.0\n.target {target}\n.entry k() {{ ret; }}";
        PtxVerdict verdict = PtxTable.Check(new PtxTableRow("a", device, "", "file", text));
        Assert.Equal(accepts, verdict.Accepts);
        Assert.Equal(accepts ? 0 : 2, verdict.Line);
    }

    [Theory]
    [InlineData("sm_81")]
    [InlineData("")]
    public void AnUnknownDeviceIsRefused(string device) =>
        Assert.Contains("unsupported .target", PtxTable.Check(new PtxTableRow("a", device, "8.0", "entry", "")).Message);

    [Fact]
    public void LinesAreThoseOfTheRow()
    {
        PtxVerdict verdict = Body("add.s32 %r1, %r2, %r3;\nadd.s32 %r1, %r2;");
        Assert.Equal(2, verdict.Line);
        Assert.Contains("operands", verdict.Message);
    }

    /// <summary>What can't be run here is judged where all of it was looked at, and else left open.</summary>
    [Theory]
    [InlineData("mov.u32 %r1, %pm0;", true)]
    [InlineData("mov.u64 %rd1, %pm0;", false)]
    [InlineData("stacksave.u64 %rd1;", null)]
    [InlineData("ld.global.b32 %r1, [%h1];", null)]
    [InlineData("setp.eq.u32 _, %r1, %r2;", null)]
    [InlineData("ld.global.L1::evict_last.L1::evict_last.b32 %r1, [%rd1];", null)]
    public void SomeAreLeftOpen(string body, bool? accepts)
    {
        PtxVerdict verdict = Body(body);
        Assert.Equal(accepts, verdict.Accepts);
        Assert.Equal(accepts is null, verdict.Message.StartsWith("not supported: ", StringComparison.Ordinal));
    }

    [Fact]
    public void StaticSharedMemoryIsLimited()
    {
        const string Large = ".shared .align 16 .b8 t[49168];\nst.shared.u32 [t], %r1;";
        Assert.Contains("too much shared data", Body(Large).Message);
        Assert.True(Body(Large, "sm_90a").Accepts);
    }

    [Fact]
    public void ATableIsReadLineByLine()
    {
        using var reader = new StringReader("""
            {"id": "x", "target": "sm_80", "version": "8.0", "wrap": "entry", "text": "ret;", "more": [[1]]}

            {"id": "y", "target": "sm_80", "version": "8.0", "wrap": "module", "text": ""}
            [
            """);
        using IEnumerator<PtxTableRow> rows = PtxTable.Read(reader).GetEnumerator();
        Assert.True(rows.MoveNext());
        Assert.True(PtxTable.Check(rows.Current).Accepts);
        Assert.True(rows.MoveNext());
        Assert.Equal(new PtxTableRow("y", "sm_80", "8.0", "module", ""), rows.Current);
        Assert.Equal(4, Assert.Throws<PtxTableException>(() => rows.MoveNext()).Line);
    }
}
