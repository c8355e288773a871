using CogVideoX.Models.Configuration;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>
/// The expert transformer of CogVideoX (arXiv 2408.06072, figure 3): text and video tokens in one sequence, each modality with
/// its own adaptive norms. Letters: B batch, F latent frames, C latent channels, H W latent height and width, T text tokens,
/// V = F·H/p·W/p video tokens for a patch of p×p, S = T + V, D width, N heads, E width of the time embedding.
/// </summary>
public sealed class CogVideoXTransformer
{
    private readonly Ops ops;
    private readonly TransformerConfig config;
    private readonly PatchEmbedding patches;
    private readonly TimeEmbedding time;
    private readonly TransformerBlock[] blocks;
    private readonly OutputHead head;
    private Positions prepared;

    /// <param name="weights">The root of the transformer's weights; all of them are used.</param>
    /// <param name="config">Its sizes.</param>
    public CogVideoXTransformer(WeightReader weights, TransformerConfig config)
    {
        this.config = config;
        ops = weights.Ops;
        patches = new PatchEmbedding(weights["patch_embed"], config);
        time = new TimeEmbedding(weights["time_embedding"], config);
        blocks = [.. Enumerable.Range(0, config.Layers).Select(i => new TransformerBlock(weights["transformer_blocks"][i], config))];
        head = new OutputHead(weights, config);
    }

    /// <summary>
    /// Sees the result of each stage by name (<c>block3.video</c>), for comparison with a reference and to find a first NaN.
    /// </summary>
    public Action<string, Tensor>? Observer { get; set; }

    /// <summary>
    /// Makes the tables that depend on nothing but the size of the latents, in the scope of the caller, which must last until
    /// <see cref="Forget"/>. Without it each forward pass makes its own.
    /// </summary>
    /// <param name="latents">[B, F, C, H, W]</param>
    public void Prepare(Shape latents) => prepared = Positions.For(ops, config, latents);

    /// <summary>Lets go of what <see cref="Prepare"/> made, before the scope that owns it ends: the model outlives its runs.</summary>
    public void Forget() => prepared = default;

    /// <summary>Predicts the velocity of noisy latents.</summary>
    /// <param name="latents">[B, F, C, H, W]</param>
    /// <param name="conditions">The text, [B, T, text width], and nothing else</param>
    /// <param name="timesteps">B training timesteps, 0 … 999, whole or between; rounded to fp32 as in the reference</param>
    /// <param name="progress">Told after each block how many of how many are done; may throw to cancel.</param>
    /// <returns>[B, F, C, H, W]</returns>
    /// <exception cref="TensorException">H or W isn't a multiple of the patch size, the batches differ, or other conditions.</exception>
    public Tensor Forward(Tensor latents, Conditions conditions, ReadOnlySpan<double> timesteps, Action<int, int>? progress = null)
    {
        conditions.Check("the CogVideoX transformer", ConditionParts.Text);
        using MemoryScope scope = ops.Scope();
        Tensor text = conditions.Text;
        Shape shape = latents.Shape;
        int textTokens = text.Shape[1];
        Tensor embedded = time.Forward(timesteps);                                      // [B, E]
        Observer?.Invoke("time_embedding", embedded);
        Tensor condition = ops.Silu(embedded);
        Positions positions = prepared.Fit(shape) ? prepared : Positions.For(ops, config, shape);
        Tensor tokens = patches.Forward(latents, text, positions.Added);                // [B, S, D]
        Observer?.Invoke("patch_embed", tokens);
        for (int i = 0; i < blocks.Length; i++)
        {
            Tensor next = blocks[i].Forward(tokens, textTokens, condition, positions.Rotary);
            ops.Memory.Release(tokens);
            tokens = next;
            if (Observer is not null)
                Observe(Observer, $"block{i}", tokens, textTokens);
            ops.KeepPace();
            progress?.Invoke(i + 1, blocks.Length);
        }
        Tensor video = ops.Slice(tokens, 1, textTokens, tokens.Shape[1] - textTokens);  // [B, V, D]
        ops.Memory.Release(tokens);
        Tensor output = ops.Cast(patches.Unpatch(head.Forward(video, condition), shape), DType.F32);
        Observer?.Invoke("output", output);
        return scope.Keep(output);
    }

    private void Observe(Action<string, Tensor> observer, string stage, Tensor tokens, int textTokens)
    {
        using MemoryScope scope = ops.Scope();
        observer($"{stage}.text", ops.Slice(tokens, 1, 0, textTokens));
        observer($"{stage}.video", ops.Slice(tokens, 1, textTokens, tokens.Shape[1] - textTokens));
    }
}
