using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Refusing;

/// <summary>Defaults of a checkpoint that can't be: the file is named, not an option that nobody gave.</summary>
public sealed class DefaultTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task BadDefaultIsToldOfItsFile()
    {
        string model = folder.CopyOf(CliRun.Tiny), file = Path.Combine(model, "generation_config.json");
        File.WriteAllText(file, """{"num_inference_steps": 5000}""");
        string[] args = ["generate", "a", "--model", model, "-o", folder.File("clip.png")];
        await CliRun.Fails(ExitCode.Failed, args, $"cogvideox: {file}: ", "'steps'", "5000 steps can't be taken");
        await CliRun.Done([.. args, "--steps", "1"]);
    }
}
