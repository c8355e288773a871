namespace CogVideoX.Emulator.Tests;

public class PtxCaseTests(ITestOutputHelper output)
{
    public static TheoryData<string> Names => [.. Directory.GetFiles(Goldens.Cases, "*.json").Select(p => Path.GetFileNameWithoutExtension(p)).Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public void IsAsItsFileSays(string name)
    {
        PtxCase one = PtxCase.Read(Path.Combine(Goldens.Cases, name + ".json"));
        foreach (AsyncTiming timing in Enum.GetValues<AsyncTiming>())
            for (int seed = 0; seed < 3; seed++)
            {
                CaseReport report = one.Run(new LaunchOptions { Seed = seed, Timing = timing, InstructionBudget = 20_000_000 });
                output.WriteLine($"{report} [{timing}, seed {seed}]");
                Assert.True(report.Passed, $"{report.Complaint} [{timing}, seed {seed}]");
            }
    }
}
