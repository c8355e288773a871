using CogVideoX.Cli.Tests.Running;
using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Generate;

/// <summary>Embeddings kept in a file, and given in place of a prompt.</summary>
public sealed class EmbedsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task TheyGiveTheSameVideoAndAreRepeated()
    {
        string text = await Saved("--negative-prompt", "blurry");
        await Make("second.safetensors", "--embeds", text);
        Assert.Equal(Numbers("first.safetensors"), Numbers("second.safetensors"));
        GenerationMetadata kept = VideoMetadata.Read(folder.File("second.safetensors"));
        Assert.Equal(("", "text.safetensors"), (kept.Prompt, Path.GetFileName(kept.Settings["embeds"]!.GetValue<string>())));
        await CliRun.Done("generate", "--from", folder.File("second.safetensors"), "-o", folder.File("third.safetensors"));
        Assert.Equal(File.ReadAllBytes(folder.File("second.safetensors")), File.ReadAllBytes(folder.File("third.safetensors")));
    }

    [Fact]
    public async Task WhatIsGivenNowReplacesWhatAVideoWasMadeWith()
    {
        string text = await Saved("--negative-prompt", "blurry");
        await Make("second.safetensors", "--embeds", text);
        await CliRun.Done(
            "generate", "a cat", "--negative-prompt", "blurry", "--from", folder.File("second.safetensors"), "-o",
            folder.File("third.safetensors"));
        Assert.Equal(File.ReadAllBytes(folder.File("first.safetensors")), File.ReadAllBytes(folder.File("third.safetensors")));
        await CliRun.Done(
            "generate", "--embeds", text, "--from", folder.File("first.safetensors"), "-o", folder.File("fourth.safetensors"));
        Assert.Equal(File.ReadAllBytes(folder.File("second.safetensors")), File.ReadAllBytes(folder.File("fourth.safetensors")));
    }

    [Fact]
    public async Task AVideoThatNobodyNamedIsCalledAfterThem()
    {
        string text = await Saved();
        CliRun run = await CliRun.Done(
            "generate", "--model", CliRun.Tiny, "--steps", "1", "--embeds", text, "--output-dir", folder.File("out"));
        Assert.StartsWith("text-42", Path.GetFileName(run.Lines[0]));
    }

    [Fact]
    public async Task SeveralVideosAreToldByTheirName()
    {
        CliRun run = await CliRun.Done(
            "generate", "--model", CliRun.Tiny, "--steps", "1", "--embeds", await Saved(), "--num-videos", "2", "-o", folder.File("a.png"));
        Assert.Contains("video 1 of 2: text (seed 42)", run.Error);
    }

    [Fact]
    public async Task WhatCantBeIsRefused()
    {
        string text = await Saved("--negative-prompt", "blurry"), clip = folder.File("clip.png");
        await Fails("prompt: ", "a cat", "--embeds", text);
        await Fails("--negative-prompt: ", "--negative-prompt", "bad", "--embeds", text);
        await Fails("--max-sequence-length: ", "--max-sequence-length", "9", "--embeds", text);
        await Fails("--max-sequence-length: 9 tokens don't fit", "a cat", "--max-sequence-length", "9");
        await Fails("--embeds: ", "--embeds", folder.File("missing"));
        await Fails("--embeds: ", "--embeds", folder.File("first.safetensors"));
        await Fails("--save-embeds: ", "--embeds", text, "--save-embeds", text);
        await Fails("--save-embeds: ", "a cat", "--save-embeds", folder.File("no/text"));
        Assert.False(File.Exists(clip));

        Task Fails(string says, params string[] more) =>
            CliRun.Fails(ExitCode.WrongUsage, ["generate", "--model", CliRun.Tiny, "-o", clip, .. more], says);
    }

    // Of first.safetensors.
    private async Task<string> Saved(params string[] more)
    {
        string text = folder.File("text.safetensors");
        await Make("first.safetensors", ["a cat", "--save-embeds", text, .. more]);
        return text;
    }

    private Task Make(string name, params string[] more) =>
        CliRun.Done(["generate", "--model", CliRun.Tiny, "--steps", "2", "-o", folder.File(name), .. more]);

    private float[] Numbers(string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(folder.File(name));
        return file["frames"].ToFloats();
    }
}
