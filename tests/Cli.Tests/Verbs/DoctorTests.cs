using System.Text.Json;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Verbs;

/// <summary><c>doctor</c>.</summary>
public sealed class DoctorTests
{
    private static readonly string[] Looked = ["runtime", "cpu", "memory", "ffmpeg", "gpu", "ptxas", "devices"];

    [Fact]
    public async Task TextNamesEverythingThatWasLookedFor()
    {
        CliRun run = await CliRun.Done("doctor");
        Assert.All(Looked, name => Assert.Matches($"(?m)^(ok     |missing)  {name} ", run.Output));
    }

    // As on processors with less.
    [Theory]
    [InlineData("none", "machine code with none; no bf16", "--compute bf16 is refused: ")]
    [InlineData("avx2", "machine code with AVX2 and FMA; bf16 by fused multiply-add", "--compute bf16 is no faster than fp32")]
    public async Task TheProcessorsPathToBf16IsTold(string level, string says, string cost)
    {
        Assert.SkipUnless(EachDevice.HasCpuBf16, "This processor has no products of bf16.");
        CliRun run = await ProgramRun.OfShell(Path.GetTempPath(), $"COGVIDEOX_CPU={level} \"$@\" doctor");
        Assert.Equal(ExitCode.Done, run.Code);
        int line = Array.FindIndex(run.Lines, text => text.Contains("  cpu "));
        Assert.EndsWith(says, run.Lines[line]);
        Assert.Contains(cost, run.Lines[line + 1]);
    }

    [Fact]
    public async Task MachineCodeThatIsSwitchedOffIsTold()
    {
        Assert.SkipUnless(EachDevice.HasCpuBf16, "This processor has no products of bf16.");
        CliRun run = await ProgramRun.OfShell(Path.GetTempPath(), "COGVIDEOX_MACHINE_CODE=0 \"$@\" doctor");
        Assert.Contains("COGVIDEOX_MACHINE_CODE is 0", run.Output);
        run = await ProgramRun.OfShell(Path.GetTempPath(), "COGVIDEOX_MACHINE_CODE=0 \"$@\" generate 'a cat' --compute bf16 -o c.png");
        Assert.Equal(ExitCode.WrongUsage, run.Code);
        Assert.Contains("COGVIDEOX_MACHINE_CODE is 0", run.Error);
    }

    [Fact]
    public async Task AnUnknownLevelIsRefusedAndHelpIsGiven()
    {
        CliRun run = await ProgramRun.OfShell(Path.GetTempPath(), "COGVIDEOX_CPU=avx3 \"$@\" doctor");
        Assert.Equal((ExitCode.WrongUsage, ""), (run.Code, run.Output));
        Assert.Equal(
            "cogvideox: the environment: COGVIDEOX_CPU=avx3 names none of none, avx2, avx512, avx512-bf16, amx. Choose one of them, or "
            + "leave the variable out.\n", run.Error);
        Assert.Equal(ExitCode.Done, (await ProgramRun.OfShell(Path.GetTempPath(), "COGVIDEOX_CPU=avx3 \"$@\" doctor --help")).Code);
    }

    [Fact]
    public async Task JsonHoldsTheSame()
    {
        using JsonDocument document = JsonDocument.Parse((await CliRun.Done("doctor", "--json")).Output);
        IEnumerable<string> names = document.RootElement.EnumerateArray().Select(finding => finding.GetProperty("name").GetString()!);
        Assert.Equal(Looked, names.Where(name => name != "tiles")); // of which there is one a card with CUDA
    }
}
