using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Generate;

/// <summary>Ctrl-C: exit code 130, one line that says where the run stood, and no video.</summary>
public sealed class InterruptionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly CancellationTokenSource source = new();

    public void Dispose()
    {
        source.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task BeforeTheFirstStepNothingIsLeft()
    {
        await source.CancelAsync();
        CliRun run = await CliRun.Until(source.Token, Generate("--save-latents", folder.File("latents.safetensors")));
        Assert.Equal((ExitCode.Interrupted, ""), (run.Code, run.Output));
        Assert.EndsWith("cogvideox: Cancelled in the stage 'encode' after 0 sampling steps.\n", run.Error);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task AmongTheStepsTheLatentsAreKeptIfAskedFor()
    {
        string latents = folder.File("latents.safetensors");
        source.CancelAfter(TimeSpan.FromSeconds(2));
        CliRun run = await CliRun.Until(source.Token, Generate("--save-latents", latents));
        Assert.Equal((ExitCode.Interrupted, ""), (run.Code, run.Output));
        Assert.Contains("cogvideox: Cancelled in the stage", run.Error);
        // A very slow machine hasn't made a step.
        Assert.Equal(File.Exists(latents), run.Error.Contains($"the latents are in {latents}.", StringComparison.Ordinal));
        Assert.DoesNotContain("clip.png", folder.Names);
        if (File.Exists(latents))
            await CliRun.Done("decode", latents, "-o", folder.File("kept.png"));
    }

    [Fact]
    public async Task WhileDecodingNothingIsLeft()
    {
        string latents = folder.File("latents.safetensors");
        await CliRun.Done("generate", "a cat", "--steps", "1", "--save-latents", latents, "-o", folder.File("clip.png"));
        await source.CancelAsync();
        CliRun run = await CliRun.Until(source.Token, "decode", latents, "-o", folder.File("again.png"));
        Assert.Equal((ExitCode.Interrupted, "", "cogvideox: Cancelled in the stage 'decode'.\n"), (run.Code, run.Output, run.Error));
        Assert.Equal(["clip.png", "latents.safetensors"], folder.Names);
    }

    // On the bundled model, more steps than anyone waits for.
    private string[] Generate(params string[] args) => ["generate", "a cat", "--steps", "1000", "-o", folder.File("clip.png"), .. args];
}
