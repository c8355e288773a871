using System.Runtime.Intrinsics;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Generate;

/// <summary>
/// In bf16 the CPU gives the same latents and frames on every processor with AVX2 and FMA. Lesser ones are played: by
/// <c>COGVIDEOX_CPU</c> for our machine code, by the runtime's own switches for all else.
/// </summary>
public sealed class SameFramesTests : IDisposable
{
    private const string NoWideVectors = "DOTNET_EnableAVX512=0";

    private const string NarrowCode = "COGVIDEOX_CPU=avx2";

    private static readonly string[] Processors =
        ["COGVIDEOX_CPU=avx512", NarrowCode, NoWideVectors, "DOTNET_PreferredVectorBitWidth=256"];

    private readonly TemporaryFolder folder = new();

    public SameFramesTests() => Assert.SkipUnless(EachDevice.HasCpuBf16, "This processor has no products of bf16.");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("shapes", "--steps 3", true)]
    [InlineData("2b", "--steps 2 --sampler dpm --frames 9 --vae-tiling on", false)]
    [InlineData("5b", "--steps 2 --width 80 --height 48 --cache pyramid", false)]
    public async Task InBf16(string model, string options, bool everywhere)
    {
        string expected = await Bytes(model, options, "bf16", "PLAIN=1");
        foreach (string processor in everywhere ? Processors : [$"{NarrowCode} {NoWideVectors}"])
            Assert.True(expected == await Bytes(model, options, "bf16", processor), $"{model} {options}: {processor} gives other numbers.");
    }

    [Fact]
    public async Task InFp32WithoutMachineCode()
    {
        string options = "--steps 2";
        Assert.Equal(await Bytes("shapes", options, "fp32", "PLAIN=1"), await Bytes("shapes", options, "fp32", "COGVIDEOX_MACHINE_CODE=0"));
    }

    // What holds that the switches do what the test above takes them for.
    [Fact]
    public async Task InFp32SumsFollowTheWidthOfVectors()
    {
        Assert.SkipUnless(Vector512.IsHardwareAccelerated, "There are no vectors here that could be left out.");
        string options = "--steps 2";
        Assert.NotEqual(await Bytes("shapes", options, "fp32", "PLAIN=1"), await Bytes("shapes", options, "fp32", NoWideVectors));
    }

    // Of the latents and of the frames.
    private async Task<string> Bytes(string model, string options, string compute, string variable)
    {
        string path = model == "shapes" ? CliRun.Shapes : Golden.Path($"checkpoints/{model}");
        CliRun run = await ProgramRun.OfShell(
            folder.Path,
            $"{variable} \"$@\" generate 'a red circle' --model '{path}' --device cpu --compute {compute} {options} --overwrite "
            + "--save-latents l.safetensors -o clip.png");
        Assert.True(run.Code == ExitCode.Done, run.Error);
        return Convert.ToBase64String(File.ReadAllBytes(folder.File("l.safetensors")))
            + Convert.ToBase64String(File.ReadAllBytes(folder.File("clip.png")));
    }
}
