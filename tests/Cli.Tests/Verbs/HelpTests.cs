using System.CommandLine;
using CogVideoX.Cli.Tests.Running;

namespace CogVideoX.Cli.Tests.Verbs;

/// <summary>Help and version, wherever they are asked for.</summary>
public sealed class HelpTests
{
    public static TheoryData<string> Verbs =>
        ["", "generate", "encode", "decode", "tokenize", "inspect", "info", "init", "convert", "bench", "doctor"];

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
            [
                "--model <DIR|NAME>", "--negative-prompt <TEXT>", "--prompt-file <FILE>", "--from <VIDEO>", "--width <N>",
                "--sampler <ddim|dpm|euler|", "--vae-tiling <on|off|auto>", "--save-latents <FILE>", "-o, --output <FILE>",
            ],
            option => Assert.Contains(option, help));
    }

    [Fact]
    public async Task WhatIsForTestsAloneIsCalledSo() => Assert.Contains(
        "ilgpu-cpu is for tests of kernels on few elements: the smallest model takes minutes",
        string.Join(' ', (await CliRun.Done("generate", "--help")).Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));

    public static TheoryData<string> Paths => [.. Commands(Root()).Select(UsageErrors.PathOf)];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task EveryVerbHasExamplesThatCanBeTypedAndExitCodes(string path)
    {
        string help = (await CliRun.Done([.. path.Split(' ').Skip(1), "--help"])).Output;
        Assert.Contains("130 interrupted", help);
        string[] examples = help.Split("Examples:\n")[1].Split("\n\n")[0].Split('\n', StringSplitOptions.TrimEntries);
        Assert.NotEmpty(examples);
        RootCommand root = Root();
        Assert.All(examples, example =>
        {
            Assert.StartsWith(path + (path == "cogvideox" ? " " : ""), example);
            Assert.Null(UsageErrors.Describe(root.Parse(example["cogvideox ".Length..].Split('<')[0])));
        });
    }

    public static TheoryData<string> VerbsWithDefaults =>
        ["generate", "encode", "decode", "tokenize", "inspect", "info", "init", "convert", "bench", "doctor"];

    // What may be left out says what it is then; flags are off.
    [Theory]
    [MemberData(nameof(VerbsWithDefaults))]
    public void EveryOptionThatMayBeLeftOutTellsItsDefault(string verb)
    {
        IEnumerable<Option> options = Root().Subcommands.Single(command => command.Name == verb).Options;
        Assert.All(
            options.Where(option => !option.Required && option.ValueType != typeof(bool)),
            option => Assert.Contains("default", option.Description));
    }

    private static RootCommand Root() => CommandLine.Create(new Terminal(TextWriter.Null, TextWriter.Null));

    private static IEnumerable<Command> Commands(Command command) => command.Subcommands.SelectMany(Commands).Prepend(command);

    private static string[] With(string verb, string option) => verb.Length == 0 ? [option] : [verb, option];
}
