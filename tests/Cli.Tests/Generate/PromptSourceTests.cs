using System.Text;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Generate;

/// <summary>Prompts from standard input and files, and where their videos go.</summary>
public sealed class PromptSourceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task ADashReadsThePromptFromStandardInput()
    {
        CliRun run = await Generate("a red circle\n", "-", "-o", "clip.png", "--json");
        Assert.Equal(ExitCode.Done, run.Code);
        Assert.Contains("\"prompt\": \"a red circle\"", run.Output);
    }

    [Fact]
    public async Task ADashForThePromptFileReadsOneALine()
    {
        CliRun run = await Generate("\uFEFFa red circle\r\n\na blue square\n", "--prompt-file", "-", "--output-dir", "made/here");
        Assert.Equal(ExitCode.Done, run.Code);
        Assert.Equal(
            [folder.File("made/here/a-red-circle-42.png"), folder.File("made/here/a-blue-square-42.png")],
            run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r')));
    }

    [Fact]
    public async Task WhatIsNoTextIsRefusedWithItsLine()
    {
        CliRun run = await ProgramRun.Of(folder.Path, [0x61, 0x0A, 0xFF], "generate", "-", "--model", CliRun.Tiny);
        Assert.Equal(ExitCode.WrongUsage, run.Code);
        Assert.Contains("prompt: standard input isn't UTF-8 text: line 2", run.Error);
    }

    [Fact]
    public async Task AFolderIsNoPromptFile() =>
        await CliRun.Fails(ExitCode.WrongUsage, ["generate", "--prompt-file", folder.Path], $"--prompt-file: {folder.Path} is a folder");

    [Fact]
    public async Task AFileAndAFolderForTheOutputAreOneTooMany() =>
        await CliRun.Fails(
            ExitCode.WrongUsage, ["generate", "a cat", "-o", folder.File("a.png"), "--output-dir", folder.Path],
            "--output-dir: give either");

    [Fact]
    public async Task AFileInThePlaceOfTheOutputFolderIsRefused()
    {
        File.WriteAllText(folder.File("file"), "");
        await CliRun.Fails(
            ExitCode.WrongUsage, ["generate", "a cat", "--output-dir", folder.File("file/inner")], "--output-dir: ", "can't be made");
    }

    [Fact]
    public async Task RandomSeedsAreSaidAndDiffer()
    {
        string[] seeds = new string[2];
        for (int i = 0; i < seeds.Length; i++)
        {
            CliRun run = await Generate("", "a cat", "--seed", "random", "--json");
            Assert.Equal(ExitCode.Done, run.Code);
            seeds[i] = run.Output.Split("\"seed\": ")[1].Split(',')[0];
            Assert.Contains($"seed {seeds[i]}", run.Error);
            Assert.Contains(folder.Names, name => name == $"a-cat-{seeds[i]}.png");
        }
        Assert.NotEqual(seeds[0], seeds[1]);
    }

    private Task<CliRun> Generate(string input, params string[] args) =>
        ProgramRun.Of(folder.Path, Encoding.UTF8.GetBytes(input), ["generate", .. args, "--model", CliRun.Tiny, "--steps", "1"]);
}
