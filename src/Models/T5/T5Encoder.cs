using CogVideoX.Models.Configuration;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.Models.T5;

/// <summary>
/// The encoder of T5 v1.1 (Raffel et al., arXiv 1910.10683; gated GELU of arXiv 2002.05202). Letters: B batch, T tokens, D width.
/// There is no mask: padding takes part, as it does where CogVideoX was trained.
/// </summary>
public sealed class T5Encoder
{
    private readonly Ops ops;
    private readonly T5Config config;
    private readonly Tensor embedding;        // [vocabulary, D]
    private readonly RelativePositionBias positions;
    private readonly WeightReader layers;
    private readonly T5Block[] blocks;
    private readonly Tensor finalNorm;        // [D]

    /// <summary>The list of its blocks' weights.</summary>
    internal const string Layers = "encoder.block";

    /// <param name="weights">The root of the text encoder's weights; all of them are used.</param>
    /// <param name="config">Its sizes.</param>
    public T5Encoder(WeightReader weights, T5Config config)
    {
        this.config = config;
        ops = weights.Ops;
        embedding = weights.GetTied("shared.weight", "encoder.embed_tokens.weight", [config.Vocabulary, config.Width]);
        WeightReader encoder = weights["encoder"];
        layers = weights[Layers];
        positions = new RelativePositionBias(layers[0]["layer"][0]["SelfAttention"]["relative_attention_bias"], config);
        blocks = [.. Enumerable.Range(0, config.Layers).Select(i => new T5Block(layers[i]["layer"], config))];
        finalNorm = encoder["final_layer_norm"].Get("weight", [config.Width]);
    }

    /// <summary>Token ids to embeddings.</summary>
    /// <param name="ids">B times T of them, inside the vocabulary</param>
    /// <param name="batch">B</param>
    /// <param name="progress">Told after each block how many of how many are done; may throw to cancel.</param>
    /// <returns>[B, T, D]</returns>
    public Tensor Forward(ReadOnlySpan<int> ids, int batch, Action<int, int>? progress = null)
    {
        using MemoryScope scope = ops.Scope();
        int tokens = ids.Length / batch;
        Tensor x = ops.Embedding(ids, [batch, tokens], embedding);
        layers.Enter(0); // which has the table of the bias that all share
        Tensor bias = positions.Forward(tokens);
        for (int i = 0; i < blocks.Length; i++)
        {
            layers.Enter(i);
            Tensor next = blocks[i].Forward(x, bias);
            ops.Memory.Release(x);
            x = next;
            ops.KeepPace();
            progress?.Invoke(i + 1, blocks.Length);
        }
        return scope.Keep(ops.RmsNorm(x, finalNorm, (float)config.NormEpsilon));
    }
}
