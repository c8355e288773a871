using CogVideoX.Cli.Tests.Running;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Verbs;

/// <summary><c>decode</c>.</summary>
public sealed class DecodeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task LatentsOfOneFrameGiveOnePicture()
    {
        await CliRun.Done("decode", Latents([1, 1, 4, 8, 12]), "--model", CliRun.Tiny, "-o", folder.File("clip/"));
        Assert.Equal(["0001.png"], Directory.GetFiles(folder.File("clip"), "*.png").Select(Path.GetFileName));
    }

    [Fact]
    public async Task TypesThatTheCpuDoesntComputeInAreRefused()
    {
        string[] decode = ["decode", Latents([1, 1, 4, 8, 12]), "--model", CliRun.Tiny, "-o", folder.File("clip.png"), "--vae-dtype"];
        await CliRun.Fails(
            ExitCode.WrongUsage, [.. decode, "bf16"], "--vae-dtype: bf16 can't be: on a CPU all parts compute alike, here in fp32");
        await CliRun.Fails(ExitCode.WrongUsage, [.. decode, "fp8"], "--vae-dtype", "'fp8'");
        Assert.Equal(["latents.safetensors"], folder.Names);
        await CliRun.Done([.. decode, "fp32"]);
    }

    [Theory]
    [InlineData(700)] // an even number keeps all its frames
    [InlineData(701)]
    public async Task VideoThatNoArrayHoldsIsRefusedBeforeAnythingIsComputed(int frames)
    {
        await CliRun.Fails(
            ExitCode.WrongUsage, ["decode", Latents([1, frames, 4, 64, 64]), "--model", CliRun.Tiny, "-o", folder.File("clip.png")],
            "latents: ", "more than one array can hold");
        Assert.Equal(["latents.safetensors"], folder.Names);
    }

    [Fact]
    public async Task VideoGoesToStandardOutputAsItGoesToAFile()
    {
        string latents = Latents([1, 3, 4, 8, 12]);
        await CliRun.Done("decode", latents, "--model", CliRun.Tiny, "-o", folder.File("clip.y4m"));
        string line = $"\"$@\" decode latents.safetensors --model {Shell.Quote(CliRun.Tiny)} -o - > piped.y4m";
        CliRun run = await ProgramRun.OfShell(folder.Path, line);
        Assert.Equal((ExitCode.Done, ""), (run.Code, run.Output));
        Assert.Equal(File.ReadAllBytes(folder.File("clip.y4m")), File.ReadAllBytes(folder.File("piped.y4m")));
        Assert.Equal(["clip.y4m", "latents.safetensors", "piped.y4m"], folder.Names);
    }

    private string Latents(Shape shape)
    {
        using Ops ops = Ops.OnCpu(1);
        string file = folder.File("latents.safetensors");
        SafetensorsWriter.Write(file, new Dictionary<string, Tensor> { ["latents"] = ops.FromHost(new float[shape.Count], shape) });
        return file;
    }
}
