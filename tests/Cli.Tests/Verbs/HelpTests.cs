using CogVideoX.Cli.Tests.Running;

namespace CogVideoX.Cli.Tests.Verbs;

/// <summary>Help and version, wherever they are asked for.</summary>
public sealed class HelpTests
{
    public static TheoryData<string> Verbs => ["", "generate", "decode", "tokenize", "inspect", "init", "bench", "doctor"];

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task HelpListsTheOptions(string verb)
    {
        CliRun run = await CliRun.Done(With(verb, "--help"));
        Assert.Contains("Usage:", run.Output);
        Assert.Contains("--help", run.Output);
        Assert.Equal("", run.Error);
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task VersionIsPrinted(string verb) => Assert.Matches(@"^0\.\d+\.\d+", (await CliRun.Done(With(verb, "--version"))).Output);

    [Fact]
    public async Task GenerateNamesEveryOptionWithWhatItTakes()
    {
        string help = (await CliRun.Done("generate", "--help")).Output;
        Assert.All(
            ["--model <DIR>", "--negative-prompt <TEXT>", "--prompt-file <FILE>", "--from <VIDEO>", "--width <N>", "--sampler <ddim|dpm>", "--vae-tiling <on|off|auto>", "--save-latents <FILE>", "-o, --output <FILE>"],
            option => Assert.Contains(option, help));
    }

    private static string[] With(string verb, string option) => verb.Length == 0 ? [option] : [verb, option];
}
