using System.Runtime.InteropServices;
using CogVideoX.Pipelines.Checkpoints;
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
    [InlineData("transformer_blocks.0.ff.net.2.bias", "'block0.feed-forward, down'")]
    [InlineData("transformer_blocks.0.norm2.linear.bias", "'block0.norm2's modulation'")]
    [InlineData("transformer_blocks.1.attn1.to_v.weight", "'block1.values'")]
    [InlineData("transformer_blocks.1.attn1.norm_k.bias", "'block1.attention'")]
    [InlineData("time_embedding.linear_1.bias", "'time_embedding'")]
    [InlineData("proj_out.bias", "'output'")]
    public void StageOfTheTransformerAndStepAreNamed(string weight, string stage)
    {
        string message = Failure("transformer", weight, float.NaN).Message;
        Assert.Contains("step 1 of 2 (timestep 999)", message);
        Assert.Contains(stage, message);
    }

    // The blocks behind it aren't run: the first step tells of none of them, where blocks aren't looked at it tells of both.
    [Theory]
    [InlineData(FiniteChecks.First, 0)]
    [InlineData(FiniteChecks.Always, 0)]
    [InlineData(FiniteChecks.Off, 2)]
    public void ARunEndsBehindTheFirstBlockThatIsDamaged(FiniteChecks checks, int blocks)
    {
        string model = Damaged("transformer", "transformer_blocks.0.attn1.to_q.bias", float.NaN);
        using var pipeline = CogVideoXPipeline.Open(model, new ComputeOptions { CheckFinite = checks });
        int told = 0;
        var watch = new Watch(progress => told += progress is { Stage: GenerationStage.Sample, Fraction: > 0 } ? 1 : 0);
        GenerationException failure = Assert.Throws<GenerationException>(
            () => pipeline.Generate(TestModels.Quick, watch, TestContext.Current.CancellationToken));
        Assert.Contains("'block0.queries'", failure.Message, StringComparison.Ordinal);
        Assert.Equal(blocks, told);
    }

    // A bias of 100000: nothing for bf16, infinity in fp16.
    [Fact]
    public void AnOverflowInFp16IsNamedAndBf16HasNone()
    {
        string model = Damaged("transformer", "transformer_blocks.1.ff.net.0.proj.bias", 1e5f);
        GenerationRequest least = TestModels.Quick with { Steps = 1, Frames = 1, Width = 32, Height = 32 };
        using (CogVideoXPipeline narrow = Open(ComputeType.Fp16))
        {
            GenerationException failure = Assert.Throws<GenerationException>(
                () => narrow.Generate(least, cancellation: TestContext.Current.CancellationToken));
            Assert.Contains("'block1.feed-forward, up'", failure.Message, StringComparison.Ordinal);
            Assert.Contains("compute in bf16 (ComputeOptions.Compute)", failure.Message, StringComparison.Ordinal);
        }
        using CogVideoXPipeline wide = Open(ComputeType.Bf16);
        wide.Generate(least, cancellation: TestContext.Current.CancellationToken);

        CogVideoXPipeline Open(ComputeType type) => CogVideoXPipeline.Open(
            model, new ComputeOptions { Device = EachDevice.Source(EachDevice.Reference), Compute = type });
    }

    [Theory]
    [InlineData("5b", "CogVideoX-5b was trained in bf16")]
    [InlineData("1.5-5b", "CogVideoX1.5-5B was trained in bf16")]
    [InlineData("2b", "If it is no better there")]
    public void AdviceFitsTheModel(string preset, string advice) =>
        Assert.Contains(advice, FiniteCheck.InF16(new Preset(preset).ReadTransformer()), StringComparison.Ordinal);

    [Fact]
    public void NoSuchTimeToCheckIsRefused()
    {
        var compute = new ComputeOptions { CheckFinite = (FiniteChecks)9 };
        RequestException thrown = Assert.Throws<RequestException>(() => CogVideoXPipeline.Open(TestModels.Tiny2b, compute));
        Assert.Equal(nameof(ComputeOptions.CheckFinite), thrown.Property);
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
