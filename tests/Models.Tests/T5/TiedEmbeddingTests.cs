using CogVideoX.Models.Configuration;
using CogVideoX.Models.T5;
using CogVideoX.Models.Tests.Weights;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.T5;

/// <summary>T5's embedding has two names, and checkpoints have it under either or both.</summary>
public sealed class TiedEmbeddingTests : IDisposable
{
    private const string Shared = "shared.weight", Embed = "encoder.embed_tokens.weight";

    private readonly TempFolder folder = TempFolder.CopyOf(Golden.Path("checkpoints/5b"));
    private readonly Ops ops = Ops.OnCpu(1);

    public void Dispose()
    {
        ops.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void EitherNameIsReadWhateverTheConfigSaysOfTying(bool shared, bool embed)
    {
        Edit(tensors =>
        {
            TensorSource embedding = tensors[Shared];
            if (!shared)
                tensors.Remove(Shared);
            if (embed)
                tensors[Embed] = embedding with { Name = Embed };
        });
        foreach (string tied in new[] { "", "\"tie_word_embeddings\": true,", "\"tie_word_embeddings\": false," })
        {
            string config = folder["text_encoder/config.json"];
            IEnumerable<string> lines = File.ReadLines(Golden.Path("checkpoints/5b/text_encoder/config.json"));
            string text = string.Concat(lines.Where(line => !line.Contains("tie_word_embeddings", StringComparison.Ordinal)));
            File.WriteAllText(config, "{" + tied + text[1..]);
            (IReadOnlyList<string> notes, float[] hidden) = Run(folder.Path);
            Assert.Equal(Run(Golden.Path("checkpoints/5b")).Hidden, hidden);
            Assert.DoesNotContain(notes, note => note.Contains("ignored", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void TwoThatDifferAreRefused()
    {
        Edit(tensors => tensors[Embed] = EditedWeights.Zeros(Embed, DType.F32, tensors[Shared].Shape));
        string message = Assert.Throws<WeightException>(() => Run(folder.Path)).Message;
        Assert.StartsWith($"'{Shared}' in {folder["text_encoder"]}", message);
        Assert.Contains($"and '{Embed}' in {folder["text_encoder"]}", message);
        Assert.Contains("two names of one tensor, and differ", message);
    }

    [Fact]
    public void NoneIsMissedUnderItsFirstName()
    {
        Edit(tensors => tensors.Remove(Shared));
        Assert.StartsWith($"'{Shared}' (or '{Embed}') is missing from ", Assert.Throws<WeightException>(() => Run(folder.Path)).Message);
    }

    [Fact]
    public void TheDecoderOfAWholeT5IsIgnoredAndNamed()
    {
        Edit(tensors =>
        {
            string[] names =
            [
                "decoder.block.0.layer.0.SelfAttention.q.weight", "decoder.embed_tokens.weight", "decoder.final_layer_norm.weight",
                "lm_head.weight",
            ];
            foreach (string name in names)
                tensors[name] = EditedWeights.Zeros(name, DType.F32, [2, 2]);
        });
        (IReadOnlyList<string> notes, float[] hidden) = Run(folder.Path);
        Assert.EndsWith(
            ": 4 tensors are not used by this model and ignored: 'decoder.block.0.layer.0.SelfAttention.q.weight', "
            + "'decoder.embed_tokens.weight', 'decoder.final_layer_norm.weight', 'lm_head.weight'.",
            notes[^1]);
        Assert.Equal(Run(Golden.Path("checkpoints/5b")).Hidden, hidden);
    }

    // The shard that has the embedding.
    private void Edit(Action<Dictionary<string, TensorSource>> change)
    {
        foreach (string shard in Directory.GetFiles(folder["text_encoder"], "*.safetensors"))
        {
            EditedWeights.Edit(shard, tensors =>
            {
                if (tensors.ContainsKey(Shared))
                    change(tensors);
            });
        }
    }

    private (IReadOnlyList<string> Notes, float[] Hidden) Run(string path)
    {
        ModelFolder model = ModelFolder.Open(path);
        using WeightFiles files = model.OpenTextEncoder();
        using MemoryScope scope = ops.Scope();
        var weights = new WeightReader(ops, files);
        var encoder = new T5Encoder(weights, model.TextEncoder);
        return (weights.Finish(), encoder.Forward([5, 17, 3, 1], batch: 1).ToFloats());
    }
}
