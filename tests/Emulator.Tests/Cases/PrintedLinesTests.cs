using System.Text;
using CogVideoX.Emulator.Tests.Driver;

namespace CogVideoX.Emulator.Tests.Cases;

/// <summary>Cases that say what printf must have written.</summary>
public sealed class PrintedLinesTests : IDisposable
{
    private readonly CaseFolder folder = new();

    public PrintedLinesTests() => folder.Write("copy.ptx", Encoding.UTF8.GetBytes(CaseFolder.Module
        .Replace(".visible", DriverKernel.Declarations + DriverKernel.Text("f", "it is %d\n") + ".visible", StringComparison.Ordinal)
        .Replace(
            "mov.u32 %r1, %tid.x;", "mov.u32 %r1, %tid.x; mov.u64 %rd6, f; .reg .b32 %r30;" + DriverKernel.Print("%rd6", "%rd1"),
            StringComparison.Ordinal)));

    public void Dispose() => folder.Dispose();

    private CaseReport Run(string lines)
    {
        folder.Case(CaseFolder.Sound.Replace("\"expect\"", $"\"printed\": [{lines}], \"expect\"", StringComparison.Ordinal));
        return PtxCase.Run(folder.Path);
    }

    [Fact]
    public void TheSameLinesAreRightHoweverOftenAndInWhateverOrder()
    {
        CaseReport report = Run("\"it is 0\", \"it is 0\", \"it is 0\", \"it is 0\"");
        Assert.True(report.Passed, report.Complaint);
        Assert.Equal(4, report.Launch.Printed.Count);
    }

    [Theory]
    [InlineData("", "4 lines printed, 0 wanted; printed besides: 'it is 0', 'it is 0', 'it is 0', 'it is 0'")]
    [InlineData("\"it is 0\", \"it is 0\", \"it is 0\"", "4 lines printed, 3 wanted; printed besides: 'it is 0'")]
    [InlineData("\"it is 0\", \"it is 0\", \"it is 0\", \"it is 0\", \"it is 0\"", "4 lines printed, 5 wanted; not printed: 'it is 0'")]
    [InlineData("\"it is 0\", \"it is 0\", \"it is 0\", \"\\u001b[31mx\"", "not printed: '\\u001b[31mx'; printed besides: 'it is 0'")]
    [InlineData("\"a\", \"b\", \"c\", \"d\", \"e\", \"f\"", "not printed: 'a', 'b', 'c', 'd' and 2 more; printed besides")]
    public void ADifferenceIsShown(string lines, string says)
    {
        CaseReport report = Run(lines);
        Assert.False(report.Passed);
        Assert.Contains(says, report.Complaint);
    }

    [Fact]
    public void AReportKeepsWhatWasPrintedBeforeAFault()
    {
        folder.Write(
            "copy.ptx", Encoding.UTF8.GetBytes(File.ReadAllText(folder.At("copy.ptx")).Replace("ret;", "trap;", StringComparison.Ordinal)));
        folder.Case(
            CaseFolder.Sound.Replace(
                "\"expect\"", "\"fault\": \"trap\", \"printed\": [\"it is 0\", \"it is 0\", \"it is 0\", \"it is 0\"], \"expect\"",
                StringComparison.Ordinal));
        Assert.True(PtxCase.Run(folder.Path).Passed);
    }
}
