using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Refusing;

/// <summary>Folders that hold something else than a model of ours, or text that a terminal would obey: one line, escaped.</summary>
public sealed class ForeignModelTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string model;

    public ForeignModelTests() => model = folder.CopyOf(CliRun.Tiny);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("model_index.json")]
    [InlineData("transformer/config.json")]
    [InlineData("vae/config.json")]
    [InlineData("text_encoder/config.json")]
    [InlineData("text_encoder/model.safetensors.index.json")]
    [InlineData("scheduler/scheduler_config.json")]
    [InlineData("generation_config.json")]
    public async Task TextThatIsNotUtf8IsNamed(string file)
    {
        File.WriteAllBytes(In(file), [(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}']);
        await Refused(Path.GetFileName(file), "isn't UTF-8 text (byte 2 is 0xFF)");
    }

    [Theory]
    [InlineData("model_index.json", "CogVideoXPipeline")]
    [InlineData("transformer/config.json", "CogVideoXTransformer3DModel")]
    [InlineData("vae/config.json", "AutoencoderKLCogVideoX")]
    [InlineData("scheduler/scheduler_config.json", "CogVideoXDDIMScheduler")]
    public async Task EscapeSequencesAreNotObeyed(string file, string value)
    {
        File.WriteAllText(
            In(file), File.ReadAllText(In(file)).Replace(value, "\\u001b]0;x\\u0007\u009b2J\u202e", StringComparison.Ordinal));
        await Refused(Path.GetFileName(file), @"\u001b]0;x\u0007\u009B2J\u202E");
    }

    [Fact]
    public async Task AShardIsNamedWithTheIndexThatAsksForIt()
    {
        File.Delete(In("text_encoder/model-00003-of-00005.safetensors"));
        await Refused("lacks 1 of the 5 shards that model.safetensors.index.json lists: 'model-00003-of-00005.safetensors'");
    }

    [Theory]
    [InlineData(0, "is empty (0 bytes)")]
    [InlineData(4, "the file has 4 bytes; a safetensors file has at least 8")]
    [InlineData(1000, "and only 1000 bytes are there")]
    public async Task AShardThatIsCutShortIsNamedWithItsBytes(long length, string says)
    {
        using (FileStream file = File.OpenWrite(In("text_encoder/model-00003-of-00005.safetensors")))
            file.SetLength(length);
        await Refused("model-00003-of-00005.safetensors", says);
    }

    [Fact]
    public async Task AGgufFileUnderAnotherNameIsRecognisedAndRead()
    {
        string weights = In("transformer/diffusion_pytorch_model.safetensors");
        File.WriteAllBytes(weights, [.. "GGUF"u8, 3, 0, 0, 0]);
        await Refused(weights, "the file is cut short or damaged: the number of tensors at byte 8 has 8 bytes, and only 8 bytes are there");
        File.Copy(Golden.Path("foreign/gguf/t5-F32.gguf"), weights, overwrite: true);
        await Refused(weights, "'patch_embed.proj.weight' is missing", "of a T5 text encoder");
        File.Move(weights, In("transformer/weights.data"));
        await Refused("'weights.data', which is a GGUF file; it is read where it is named itself");
    }

    [Fact]
    public async Task AByteOrderMarkDoesNoHarm()
    {
        string without = (await CliRun.Done("inspect", model, "--json")).Output.Split("\"free_bytes\"")[0];
        foreach (string file in Directory.GetFiles(model, "*.json", SearchOption.AllDirectories))
            File.WriteAllText(file, File.ReadAllText(file), System.Text.Encoding.UTF8);
        Assert.Equal(without, (await CliRun.Done("inspect", model, "--json")).Output.Split("\"free_bytes\"")[0]);
    }

    private async Task Refused(params string[] says)
    {
        CliRun run = await CliRun.Of("inspect", model);
        Assert.Equal((ExitCode.Failed, ""), (run.Code, run.Output));
        Assert.All(says, text => Assert.Contains(text, run.Error));
        Assert.DoesNotContain(run.Error.TrimEnd('\n'), char.IsControl);
        await CliRun.Fails(ExitCode.Failed, ["generate", "a cat", "--model", model, "-o", folder.File("clip.png")], says);
        Assert.Equal([Path.GetFileName(model)], folder.Names);
    }

    private string In(string file) => Path.Combine(model, file);
}
