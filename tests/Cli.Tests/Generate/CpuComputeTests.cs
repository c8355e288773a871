using System.Text.Json.Nodes;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Pipelines.Media;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Generate;

/// <summary><c>--compute</c> on the CPU: bf16 is said, kept, repeated, and refused where it can't be.</summary>
public sealed class CpuComputeTests : IDisposable
{
    private static readonly string[] Cat =
        ["generate", "a cat", "--model", CliRun.Tiny, "--device", "cpu", "--threads", "2", "--steps", "2", "--frames", "1"];

    private readonly TemporaryFolder folder = new();

    public CpuComputeTests() => Assert.SkipUnless(EachDevice.HasCpuBf16, "This processor has no products of bf16.");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("bf16")]
    [InlineData("bf16-amx")]
    public async Task ATypeIsKeptAndRepeated(string type)
    {
        CliRun usual = await CliRun.Done([.. Cat, "-o", folder.File("usual.png")]);
        await CliRun.Done([.. Cat, "--compute", "fp32", "-o", folder.File("fp32.png")]);
        CliRun narrow = await CliRun.Done([.. Cat, "--compute", type, "--json", "-o", folder.File("narrow.png")]);
        Assert.DoesNotContain("on cpu", usual.Error);
        Assert.Contains($"on cpu (2 threads, {type}).\n", narrow.Error);
        Assert.Equal(type, (string?)JsonNode.Parse(narrow.Output)![0]!["settings"]!["compute"]);
        Assert.DoesNotContain("compute", VideoMetadata.Read(folder.File("usual.png")).Settings.Keys);
        Assert.Equal(Bytes("usual.png"), Bytes("fp32.png"));
        Assert.NotEqual(Bytes("usual.png"), Bytes("narrow.png"));

        string[] again = ["generate", "--from", folder.File("narrow.png"), "--device", "cpu"];
        await CliRun.Done([.. again, "-o", folder.File("again.png")]);
        await CliRun.Done([.. again, "--compute", "fp32", "-o", folder.File("wide.png")]);
        Assert.Equal(Bytes("narrow.png"), Bytes("again.png"));
        Assert.Equal(Bytes("usual.png"), Bytes("wide.png"));
    }

    // Files are repeated in what they were made in, whatever is fastest here.
    [Fact]
    public async Task AutoIsOneOfTheTwo()
    {
        await CliRun.Done([.. Cat, "--compute", "auto", "-o", folder.File("auto.png")]);
        string? kept = (string?)VideoMetadata.Read(folder.File("auto.png")).Settings.GetValueOrDefault("compute");
        await CliRun.Done([.. Cat, "--compute", kept ?? "fp32", "-o", folder.File("named.png")]);
        Assert.Equal(Bytes("named.png"), Bytes("auto.png"));
    }

    [Theory]
    [InlineData("\"fast\"", "'compute' is \"fast\", not one of usual, auto, fp32, bf16, fp16")]
    [InlineData("\"auto\"", "'compute' is auto, not fp32, bf16 or bf16-amx")]
    [InlineData("16", "'compute' is 16, not a text")]
    public async Task ADamagedTypeIsNamed(string damaged, string says)
    {
        string clip = folder.File("clip.y4m"), companion = clip + ".json";
        await CliRun.Done([.. Cat, "--compute", "bf16", "-o", clip]);
        string settings = File.ReadAllText(companion);
        Assert.Contains("\"compute\":\"bf16\"", settings);
        File.WriteAllText(companion, settings.Replace("\"compute\":\"bf16\"", $"\"compute\":{damaged}", StringComparison.Ordinal));
        await CliRun.Fails(ExitCode.WrongUsage, ["generate", "--from", clip, "-o", folder.File("again.png")], "--from: ", says);
    }

    // COGVIDEOX_CPU=none plays a processor without fused multiply-add.
    [Theory]
    [InlineData("generate", "a cat", "-o", "clip.png")]
    [InlineData("generate", "--from", "bf16.png", "-o", "clip.png")]
    [InlineData("decode", "latents.safetensors", "-o", "clip.png")]
    [InlineData("encode", "bf16.png", "-o", "clip.safetensors")]
    [InlineData("bench")]
    public async Task AProcessorWithoutFusedMultiplyAddRefusesIt(params string[] args)
    {
        await CliRun.Done(
            [.. Cat, "--compute", "bf16", "-o", folder.File("bf16.png"), "--save-latents", folder.File("latents.safetensors")]);
        string compute = args.Contains("--from") ? "" : "--compute bf16";
        CliRun run = await ProgramRun.OfShell(
            folder.Path, $"COGVIDEOX_CPU=none \"$@\" {string.Join(' ', args.Select(arg => $"'{arg}'"))} {compute} --model '{CliRun.Tiny}'");
        Assert.Equal(ExitCode.WrongUsage, run.Code);
        Assert.Equal(
            "cogvideox: --compute: bf16 can't be: on a CPU it takes an x64 processor with AVX2 and FMA, and this one lacks them; fp32 "
            + "works everywhere.\n", run.Error);
        Assert.Equal(["bf16.png", "latents.safetensors"], folder.Names.Order());
    }

    private byte[] Bytes(string name) => File.ReadAllBytes(folder.File(name));
}
