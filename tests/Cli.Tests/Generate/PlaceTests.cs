using CogVideoX.Cli.Tests.Running;
using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Generate;

/// <summary><c>--transformer</c>, <c>--vae</c> and <c>--text-encoder</c>.</summary>
public sealed class PlaceTests : IDisposable
{
    private static readonly string Model = Golden.Path("checkpoints/5b"), Sat = Golden.Path("foreign/sat/5b");
    private static readonly string Blocks = Golden.Path("foreign/gguf/transformer-Q8_0.gguf");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task TheSameWeightsInAnotherFormatMakeTheSameVideo()
    {
        await Generate("plain.png");
        await Generate("sat.png", "--transformer", Sat);
        await Generate("text.png", "--text-encoder", Golden.Path("foreign/gguf/t5-F32.gguf"), "--vae", Model);
        float[] plain = Latents("plain.png");
        Assert.Equal(plain, Latents("sat.png"));
        Assert.Equal(plain, Latents("text.png"));
    }

    [Fact]
    public async Task AVideoIsRepeatedWithItsParts()
    {
        File.Copy(Blocks, folder.File("blocks.gguf"));
        await Generate("first.png", "--transformer", folder.File("blocks.gguf"));
        GenerationMetadata metadata = VideoMetadata.Read(folder.File("first.png"))!;
        Assert.Equal("blocks.gguf", Path.GetFileName((string)metadata.Settings["transformer"]!));
        await CliRun.Done("generate", "--from", folder.File("first.png"), "--model", Model, "-o", folder.File("second.png"));
        Assert.Equal(File.ReadAllBytes(folder.File("first.png")), File.ReadAllBytes(folder.File("second.png")));
        File.Delete(folder.File("blocks.gguf"));
        CliRun run = await CliRun.Of("generate", "--from", folder.File("first.png"), "--model", Model, "-o", folder.File("third.png"));
        Assert.Equal(ExitCode.WrongUsage, run.Code);
        Assert.Contains("say where it is with --transformer", run.Error);
        await CliRun.Done(
            "generate", "--from", folder.File("first.png"), "--model", Model, "--transformer", Blocks, "-o", folder.File("third.png"));
    }

    [Fact]
    public async Task WhatCantBeUsedIsRefused()
    {
        CliRun run = await CliRun.Of("generate", "a cat", "--model", Model, "--transformer", "nowhere");
        Assert.Equal(ExitCode.WrongUsage, run.Code);
        Assert.Contains("--transformer: nowhere doesn't exist", run.Error);
        run = await CliRun.Of("generate", "a cat", "--model", Blocks);
        Assert.Equal(ExitCode.WrongUsage, run.Code);
        Assert.Contains("is the transformer of a model (a GGUF file) and no whole model: give it as --transformer", run.Error);
        string copy = folder.File("copy.gguf");
        File.Copy(Blocks, copy);
        run = await CliRun.Of("generate", "a cat", "--model", Model, "--transformer", copy, "-o", copy, "--overwrite");
        Assert.Equal(ExitCode.WrongUsage, run.Code);
        run = await CliRun.Of("generate", "a cat", "--model", Model, "--transformer", Golden.Path("foreign/gguf/t5-F32.gguf"));
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Contains("t5-F32.gguf", run.Error);
    }

    private Task<CliRun> Generate(string output, params string[] options) => CliRun.Done(
    [
        "generate", "a red circle", "--model", Model, "--steps", "2", "--dtype", "fp32", "-o", folder.File(output),
        "--save-latents", folder.File($"{output}.safetensors"), .. options,
    ]);

    private float[] Latents(string output)
    {
        using SafetensorsFile file = SafetensorsFile.Open(folder.File($"{output}.safetensors"));
        return file["latents"].ToFloats();
    }
}
