using System.Runtime.InteropServices;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Runs;

/// <summary>Numbers that aren't finite stop the run, and the message says where they began.</summary>
public sealed class DamagedWeightsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void TextEncoderIsNamed(float value) =>
        Assert.Contains(
            "text encoder's output", Failure("text_encoder", "encoder.block.1.layer.1.DenseReluDense.wo.weight", value).Message);

    [Theory]
    [InlineData("transformer_blocks.0.ff.net.2.bias", "'block0")]
    [InlineData("transformer_blocks.1.attn1.to_v.weight", "'block1")]
    [InlineData("time_embedding.linear_1.bias", "'time_embedding'")]
    [InlineData("proj_out.bias", "'output'")]
    public void StageOfTheTransformerAndStepAreNamed(string weight, string stage)
    {
        string message = Failure("transformer", weight, float.NaN).Message;
        Assert.Contains("step 1 of 2 (timestep 999)", message);
        Assert.Contains(stage, message);
    }

    [Theory]
    [InlineData("decoder.conv_in.conv.bias")]
    [InlineData("decoder.conv_out.conv.weight")]
    public void FramesAreNamed(string weight) => Assert.Contains("the decoded frames", Failure("vae", weight, float.NaN).Message);

    [Fact]
    public void DamageInTheEncoderOfTheVaeDoesntMatterHere()
    {
        using var pipeline = CogVideoXPipeline.Open(Damaged("vae", "encoder.conv_in.conv.bias", float.NaN));
        pipeline.Generate(TestModels.Quick, cancellation: TestContext.Current.CancellationToken);
    }

    private GenerationException Failure(string part, string weight, float value)
    {
        using var pipeline = CogVideoXPipeline.Open(Damaged(part, weight, value));
        var files = new GenerationFiles { SaveLatents = folder.File("latents.safetensors"), Trace = folder.File("trace.safetensors") };
        var failure = Assert.Throws<GenerationException>(
            () => pipeline.Generate(TestModels.Quick, files, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("weights are damaged", failure.Message);
        Assert.Equal(0, pipeline.LiveTensors);
        Assert.Equal(part == "vae", File.Exists(files.SaveLatents)); // what was sampled well is kept
        return failure;
    }

    private string Damaged(string part, string weight, float value)
    {
        string model = folder.CopyOf(TestModels.Tiny2b);
        foreach (string path in Directory.EnumerateFiles(Path.Combine(model, part), "*.safetensors"))
            Damage(path, weight, value);
        return model;
    }

    private static void Damage(string path, string weight, float value)
    {
        Dictionary<string, (float[] Values, Shape Shape)> tensors;
        using (SafetensorsFile file = SafetensorsFile.Open(path))
            tensors = file.Names.ToDictionary(name => name, name => (file[name].ToFloats(), file[name].Shape));
        if (!tensors.TryGetValue(weight, out var damaged))
            return;
        damaged.Values[^1] = value;
        SafetensorsWriter.Write(path, tensors.Select(entry => Source(entry.Key, entry.Value.Shape, entry.Value.Values)));
    }

    private static TensorSource Source(string name, Shape shape, float[] values) => new(name, DType.F32, shape, (first, destination) =>
        MemoryMarshal.AsBytes(values.AsSpan((int)first, destination.Length / sizeof(float))).CopyTo(destination));
}
