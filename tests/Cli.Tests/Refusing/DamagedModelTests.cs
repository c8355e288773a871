using CogVideoX.Cli.Tests.Running;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Refusing;

/// <summary>A damaged checkpoint: exit code 1, one line that names the file, and nothing written.</summary>
public sealed class DamagedModelTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string model;

    public DamagedModelTests() => model = folder.CopyOf(CliRun.Tiny);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("model_index.json", "{")]
    [InlineData("transformer/config.json", "not json")]
    [InlineData("transformer/config.json", """{"_class_name": "CogVideoXTransformer3DModel", "num_attention_heads": 0}""")]
    [InlineData("vae/config.json", "[]")]
    [InlineData("scheduler/scheduler_config.json", """{"_class_name": "Foo"}""")]
    [InlineData("tokenizer/spiece.model", "not a model")]
    [InlineData("transformer/diffusion_pytorch_model.safetensors", "\u0010\0\0\0\0\0\0\0{")]
    [InlineData("vae/diffusion_pytorch_model.safetensors", "")]
    [InlineData("text_encoder/model.safetensors.index.json", "{}")]
    public async Task SpoiledFileIsNamed(string file, string contents)
    {
        File.WriteAllText(In(file), contents);
        await Fails(In(file));
    }

    [Theory]
    [InlineData("model_index.json")]
    [InlineData("transformer/config.json")]
    [InlineData("tokenizer/spiece.model")]
    [InlineData("text_encoder/model-00002-of-00005.safetensors")]
    public async Task MissingFileIsNamed(string file)
    {
        File.Delete(In(file));
        await Fails(In(file));
    }

    [Fact]
    public async Task TruncatedWeightsAreNamed()
    {
        string file = In("vae/diffusion_pytorch_model.safetensors");
        using (FileStream stream = File.OpenWrite(file))
            stream.SetLength(stream.Length - 100);
        await Fails(file);
    }

    [Fact]
    public async Task WeightsThatAreNotNumbersStopTheRunAndNameTheStep()
    {
        string file = In("transformer/diffusion_pytorch_model.safetensors");
        Dictionary<string, (float[] Values, Shape Shape)> tensors;
        using (SafetensorsFile stored = SafetensorsFile.Open(file))
            tensors = stored.Names.ToDictionary(name => name, name => (stored[name].ToFloats(), stored[name].Shape));
        tensors["proj_out.bias"].Values[0] = float.NaN;
        using (Ops ops = Ops.OnCpu(1))
        {
            SafetensorsWriter.Write(
                file, tensors.ToDictionary(entry => entry.Key, entry => ops.FromHost(entry.Value.Values, entry.Value.Shape)));
        }
        CliRun run = await CliRun.Of(
            "generate", "a cat", "--model", model, "--steps", "2", "-o", folder.File("clip.png"), "--trace",
            folder.File("trace.safetensors"));
        Assert.Equal((ExitCode.Failed, ""), (run.Code, run.Output));
        Assert.Contains("step 1 of 2", run.Error.Split('\n')[^2]);
        Assert.Equal(["2b"], folder.Names);
    }

    private async Task Fails(string file)
    {
        await CliRun.Fails(
            ExitCode.Failed, ["generate", "a cat", "--model", model, "-o", folder.File("clip.png")], Path.GetDirectoryName(file)!,
            Path.GetFileName(file));
        Assert.Equal(["2b"], folder.Names);
    }

    private string In(string file) => Path.Combine(model, file);
}
