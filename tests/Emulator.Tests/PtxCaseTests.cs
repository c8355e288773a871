namespace CogVideoX.Emulator.Tests;

public class PtxCaseTests(ITestOutputHelper output)
{
    private static readonly string[] Folders = [Goldens.Cases, Goldens.Planted];

    public static TheoryData<string> Names =>
        [
            .. Folders.SelectMany(f => Directory.GetFiles(f, "*.json")).Select(p => Path.GetFileNameWithoutExtension(p))
                .Order(StringComparer.Ordinal)];

    internal static string PathOf(string name) => Folders.Select(f => Path.Combine(f, name + ".json")).Single(File.Exists);

    [Theory]
    [MemberData(nameof(Names))]
    public void StaysFarBelowTheLimitsOfALaunch(string name)
    {
        var standard = new LaunchOptions();
        CaseReport report = PtxCase.Run(PathOf(name), standard with
        {
            MaxThreadInstructions = standard.MaxThreadInstructions / 50,
            MaxLaunchInstructions = standard.MaxLaunchInstructions / 50,
        });
        Assert.True(report.Passed, report.Complaint);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void IsAsItsFileSays(string name)
    {
        PtxCase one = PtxCase.Read(PathOf(name));
        foreach (AsyncTiming timing in Enum.GetValues<AsyncTiming>())
        {
            for (int seed = 0; seed < 3; seed++)
            {
                CaseReport report = one.Run(new LaunchOptions { Seed = seed, Timing = timing, MaxLaunchInstructions = 20_000_000 });
                output.WriteLine($"{report} [{timing}, seed {seed}]");
                Assert.True(report.Passed, $"{report.Complaint} [{timing}, seed {seed}]");
            }
        }
    }

    /// <summary>Each kind that a launch of ours can end with and ptx-cases has no example of.</summary>
    [Theory]
    [InlineData("assertion")]
    [InlineData("trap")]
    [InlineData("use after free")]
    [InlineData("freed twice")]
    [InlineData("limit")]
    [InlineData("invalid")]
    public void AKindOfFaultHasAPlantedCase(string kind) => Assert.Contains(
        Directory.GetFiles(Goldens.Planted, "*.json"), path => PtxCase.Run(path).Launch.Fault?.KindText == kind);
}
