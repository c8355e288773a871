using CogVideoX.Models.CogVideoX;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.CogVideoX;

/// <summary>What the transformer keeps from evaluation to evaluation.</summary>
public sealed class StepCacheTests
{
    private static readonly BroadcastRange Everywhere = new(2, 0, 1000);

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (string kind in new[] { "2b", "5b", "5b-i2v", "1.5", "1.5-i2v" })
        {
            foreach (string device in EachDevice.ModelNames)
            {
                if (kind == "5b" || device != EachDevice.Emulator || EachDevice.IsEverythingEmulated)
                    cases.Add(kind, device);
            }
        }
        return cases;
    }

    // The same input twice: at the second evaluation nothing has changed, and what is reused is what would be computed.
    [Theory]
    [MemberData(nameof(Cases))]
    public void AnEvaluationLikeTheOneBeforeGivesWhatItGave(string kind, string device)
    {
        using Ops ops = EachDevice.Open(device);
        using SafetensorsFile goldens = Golden.Open($"transformer/{kind}/expected.safetensors");
        CogVideoXTransformer transformer = GoldenModels.Transformer(ops, kind);
        (Tensor latents, Conditions conditions) = GoldenModels.Input(ops, goldens, "native");
        double[] times = GoldenModels.Timesteps(goldens["native.timestep"]);
        int textTokens = conditions.Text.Shape[1];
        FirstBlockCache first = transformer.NewFirstBlockCache(1e-6, latents.Shape, textTokens);
        PyramidAttentionBroadcast pyramid = transformer.NewPyramidAttentionBroadcast(Everywhere, latents.Shape, textTokens);
        foreach (StepCache cache in new StepCache[] { first, pyramid })
        {
            int held = ops.Memory.LiveCount;
            float[][] outputs = new float[2][];
            for (int i = 0; i < 2; i++)
            {
                using MemoryScope scope = ops.Scope();
                var blocks = new List<int>();
                Tensor output = transformer.Forward(latents, conditions, times, (done, _) => blocks.Add(done), cache);
                Agree.With(goldens["native.output"], output, $"{kind} {cache.GetType().Name} evaluation {i}");
                Assert.Equal(cache == first && i == 1 ? [2] : [1, 2], blocks);
                Assert.Equal((i + 1, i), (cache.Evaluations, cache.Reusing));
                outputs[i] = output.ToFloats();
            }
            if (cache == pyramid)
                Assert.Equal(outputs[0], outputs[1]);
            Assert.Equal(held, ops.Memory.LiveCount);
        }
        Assert.Equal(0, first.Change);
    }

    [Fact]
    public void IsForLatentsAndTextOfOneSize()
    {
        using Ops ops = Ops.OnCpu(1);
        CogVideoXTransformer transformer = GoldenModels.Transformer(ops, "5b");
        Tensor latents = ops.Empty([1, 3, 4, 8, 12]);
        Conditions text = GoldenModels.Text(ops.Empty([1, 26, 24]));
        foreach (StepCache other in new StepCache[]
        {
            transformer.NewFirstBlockCache(0.1, latents.Shape.With(0, 2), 26),
            transformer.NewFirstBlockCache(0.1, [1, 3, 4, 8, 8], 26),
            transformer.NewPyramidAttentionBroadcast(Everywhere, latents.Shape, 20),
        })
        {
            var error = Assert.Throws<TensorException>(() => transformer.Forward(latents, text, [500], cache: other));
            Assert.Contains("and these are [1, 98, 96]; a run has a cache of its own", error.Message);
        }
    }
}
