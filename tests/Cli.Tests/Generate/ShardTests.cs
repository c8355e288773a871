using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Generate;

/// <summary>Processes that share a list of videos without knowing of each other.</summary>
public sealed class ShardTests : IDisposable
{
    private static readonly string[] Prompts = ["a red circle", "a blue square", "a green triangle", "a red circle", "a white ring"];

    private readonly TemporaryFolder folder = new();

    public ShardTests() => File.WriteAllLines(folder.File("prompts.txt"), Prompts);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task SharesAreTheWholeAndMakeItsBytes()
    {
        await Generate("--output-dir", folder.File("whole"));
        for (int i = 0; i < 3; i++)
        {
            CliRun run = await Generate("--output-dir", folder.File("shared"), "--shard", $"{i}/3");
            Assert.Equal(i < 2 ? 2 : 1, run.Lines.Length);
        }
        string[] names = [.. Directory.GetFiles(folder.File("whole")).Select(path => Path.GetFileName(path)).Order()];
        Assert.Equal(names, Directory.GetFiles(folder.File("shared")).Select(path => Path.GetFileName(path)).Order());
        Assert.Equal(Prompts.Length, names.Length);
        foreach (string name in names)
            Assert.Equal(File.ReadAllBytes(folder.File($"whole/{name}")), File.ReadAllBytes(folder.File($"shared/{name}")));
    }

    [Fact]
    public async Task WhatIsDoneIsLeftOut()
    {
        CliRun first = await Generate("--output-dir", folder.File("out"), "--shard", "0/2", "--save-latents", folder.File("l.safetensors"));
        Assert.Equal(3, first.Lines.Length);
        File.Delete(first.Lines[1]);
        File.Delete(folder.File("l-03.safetensors"));
        CliRun again = await Generate("--output-dir", folder.File("out"), "--shard", "0/2", "--save-latents", folder.File("l.safetensors"));
        Assert.Equal([first.Lines[1]], again.Lines);
        Assert.Contains("share 0/2: 3 videos, 2 of them done already.", again.Error);
        CliRun nothing = await Generate("--output-dir", folder.File("out"), "--shard", "0/2", "--json");
        Assert.Equal("[]", nothing.Output.Trim());
    }

    [Fact]
    public async Task AnotherVideoInThePlaceIsRefusedAndNamed()
    {
        CliRun run = await Generate("--output-dir", folder.File("out"), "--shard", "0/1");
        await Fails($"--shard: {run.Lines[0]} is there, and is another video than this command makes: its steps is 2, and not 3", 3, "0/1");
        File.WriteAllText(run.Lines[0], "not a video");
        await Fails($"--shard: {run.Lines[0]} is there, and is something else", 2, "0/1");
        CliRun anew = await Generate("--output-dir", folder.File("out"), "--shard", "4/5", "--overwrite");
        Assert.Equal([run.Lines[4]], anew.Lines);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("2/2")]
    [InlineData("-1/2")]
    [InlineData("0/0")]
    [InlineData("0/20000")]
    [InlineData("0/1/2")]
    [InlineData("a/b")]
    [InlineData("")]
    public Task NoShareIsRefused(string share) => Fails("is no share; write which of how many, counted from 0", 2, share);

    [Fact]
    public async Task WhatNeedsOneProcessIsRefused()
    {
        string prompts = folder.File("prompts.txt");
        await CliRun.Fails(ExitCode.WrongUsage, ["generate", "a cat", "--shard", "0/2", "-o", "-"], "standard output takes one video");
        await CliRun.Fails(
            ExitCode.WrongUsage, ["generate", "--prompt-file", prompts, "--shard", "0/2", "--seed", "random"], "--seed: each process");
    }

    private Task<CliRun> Generate(params string[] options) => CliRun.Done(
        ["generate", "--prompt-file", folder.File("prompts.txt"), "--steps", "2", "--frames", "1", .. options]);

    private Task Fails(string says, int steps, string share) => CliRun.Fails(
        ExitCode.WrongUsage,
        ["generate", "--prompt-file", folder.File("prompts.txt"), "--steps", $"{steps}", "--frames", "1", "--output-dir",
            folder.File("out"), "--shard", share],
        says);
}
