namespace CogVideoX.Emulator.Tests;

public class PtxCaseTests(ITestOutputHelper output)
{
    public static TheoryData<string> Names => [.. Directory.GetFiles(Goldens.Cases, "*.json").Select(p => Path.GetFileNameWithoutExtension(p)).Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public void StaysFarBelowTheLimitsOfALaunch(string name)
    {
        var standard = new LaunchOptions();
        CaseReport report = PtxCase.Run(Path.Combine(Goldens.Cases, name + ".json"), standard with
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
        PtxCase one = PtxCase.Read(Path.Combine(Goldens.Cases, name + ".json"));
        foreach (AsyncTiming timing in Enum.GetValues<AsyncTiming>())
            for (int seed = 0; seed < 3; seed++)
            {
                CaseReport report = one.Run(new LaunchOptions { Seed = seed, Timing = timing, MaxLaunchInstructions = 20_000_000 });
                output.WriteLine($"{report} [{timing}, seed {seed}]");
                Assert.True(report.Passed, $"{report.Complaint} [{timing}, seed {seed}]");
            }
    }
}
