using CogVideoX.Models.CogVideoX;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.CogVideoX;

/// <summary>Evaluations that are replayed beside the same ones launch by launch, of each kind of model: bit for bit.</summary>
public sealed class RecordedEvaluationsTests
{
    // Those with a picture, and with ofs, have inputs that the others lack.
    [Theory]
    [InlineData("5b-i2v")]
    [InlineData("1.5-i2v")]
    public void AReplayGivesTheSameBits(string kind)
    {
        using Ops ops = EachDevice.Open(EachDevice.Emulator);
        using SafetensorsFile goldens = Golden.Open($"transformer/{kind}/expected.safetensors");
        CogVideoXTransformer transformer = GoldenModels.Transformer(ops, kind);
        using MemoryScope scope = ops.Scope();
        (Tensor latents, Conditions conditions) = GoldenModels.Input(ops, goldens, "native");
        double[] times = GoldenModels.Timesteps(goldens["native.timestep"]), others = [.. times.Select(time => time / 3)];
        Tensor half = ops.Scale(latents, 0.5f);
        transformer.Prepare(latents.Shape);
        float[] first = transformer.Forward(latents, conditions, times).ToFloats();
        float[] second = transformer.Forward(half, conditions, others).ToFloats();
        using RecordedEvaluations recorded = transformer.Record(scope, conditions, latents.Shape, cache: null);
        Assert.Equal(first, recorded.Evaluate(latents, times).ToFloats());
        Assert.Equal(second, recorded.Evaluate(half, others).ToFloats());
        Assert.Equal(first, recorded.Evaluate(latents, times).ToFloats());
        Assert.NotEqual(first, second);
    }
}
