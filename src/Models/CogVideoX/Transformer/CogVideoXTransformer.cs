using CogVideoX.Models.Configuration;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>
/// The expert transformer of CogVideoX (arXiv 2408.06072, figure 3): text and video tokens in one sequence, each modality with
/// its own adaptive norms. Letters: B batch, F latent frames, C latent channels, H W latent height and width, T text tokens,
/// V = F/q·H/p·W/p video tokens for a patch of q frames of p×p, S = T + V, D width, N heads, E width of the time embedding.
/// </summary>
public sealed class CogVideoXTransformer
{
    private readonly Ops ops;
    private readonly TransformerConfig config;
    private readonly PatchEmbedding patches;
    private readonly TimeEmbedding time;
    private readonly TimeEmbedding? ofs;
    private readonly Tensor storedPositions; // [S, D], or none
    private readonly ConditionParts needed;
    private readonly WeightReader layers;
    private readonly TransformerBlock[] blocks;
    private readonly OutputHead head;
    private Positions prepared;

    /// <summary>The list of its blocks' weights.</summary>
    internal const string Layers = "transformer_blocks";

    /// <param name="weights">The root of the transformer's weights; all of them are used.</param>
    /// <param name="config">Its sizes.</param>
    public CogVideoXTransformer(WeightReader weights, TransformerConfig config)
    {
        this.config = config;
        ops = weights.Ops;
        patches = new PatchEmbedding(weights["patch_embed"], config);
        time = new TimeEmbedding(weights["time_embedding"], config, config.Width, config.TimeEmbedWidth);
        if (config.OfsEmbedWidth is { } width)
            ofs = new TimeEmbedding(weights["ofs_embedding"], config, width, width);
        if (config.LearnedPositions)
            storedPositions = StoredPositions(weights["patch_embed"]);
        needed = ConditionParts.Text | (config.TakesImage ? ConditionParts.ImageLatents : 0) | (ofs is null ? 0 : ConditionParts.Ofs);
        layers = weights[Layers];
        blocks = [.. Enumerable.Range(0, config.Layers).Select(i => new TransformerBlock(layers[i], config))];
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
    public void Prepare(Shape latents) => prepared = PositionsFor(latents);

    /// <summary>Lets go of what <see cref="Prepare"/> made, before the scope that owns it ends: the model outlives its runs.</summary>
    public void Forget() => prepared = default;

    /// <summary>A first-block cache for one run, in the scope of the caller, which must last for the run.</summary>
    /// <param name="threshold">From what change on all blocks run, as a share.</param>
    /// <param name="latents">[B, F, C, H, W]: the shape of what <see cref="Forward"/> is given.</param>
    /// <param name="textTokens">T</param>
    public FirstBlockCache NewFirstBlockCache(double threshold, Shape latents, int textTokens) =>
        new(ops, TokensOf(latents, textTokens), textTokens, threshold);

    /// <summary>A cache of attention for one run, in the scope of the caller, which must last for the run.</summary>
    /// <param name="range">When attention is computed anew.</param>
    /// <param name="latents">[B, F, C, H, W]: the shape of what <see cref="Forward"/> is given.</param>
    /// <param name="textTokens">T</param>
    public PyramidAttentionBroadcast NewPyramidAttentionBroadcast(BroadcastRange range, Shape latents, int textTokens) =>
        new(ops, blocks.Length, TokensOf(latents, textTokens), range);

    /// <summary>Predicts the velocity of noisy latents.</summary>
    /// <param name="latents">[B, F, C, H, W]</param>
    /// <param name="conditions">
    /// The text, [B, T, text width]; for a model of image to video the latents of its picture, [B, F, C, H, W]; <c>ofs</c> where the config
    /// has it; and nothing else
    /// </param>
    /// <param name="timesteps">B training timesteps, 0 … 999, whole or between; rounded to fp32 as in the reference</param>
    /// <param name="progress">Told after each block how many of how many are done; may throw to cancel.</param>
    /// <param name="cache">
    /// The run's, for latents and text of these sizes, where parts of an evaluation may be taken from one before
    /// </param>
    /// <returns>[B, F, C, H, W]</returns>
    /// <exception cref="TensorException">
    /// F, H or W isn't a multiple of the patch's, stored positions or the cache are for another size, the batches differ, or other
    /// conditions.
    /// </exception>
    public Tensor Forward(
        Tensor latents, Conditions conditions, ReadOnlySpan<double> timesteps, Action<int, int>? progress = null, StepCache? cache = null)
    {
        conditions.Check("the CogVideoX transformer", needed);
        using MemoryScope scope = ops.Scope();
        Tensor text = conditions.Text;
        Shape shape = latents.Shape;
        int textTokens = text.Shape[1];
        Tensor embedded = time.Forward(timesteps);                                      // [B, E]
        Observer?.Invoke("time_embedding", embedded);
        if (ofs is not null)
            embedded = AddOfs(embedded, conditions.Ofs!.Value, timesteps.Length);
        Tensor condition = ops.Silu(embedded);
        Positions positions = prepared.Fit(shape) ? prepared : PositionsFor(shape);
        Tensor input = config.TakesImage ? ops.Concat(latents, conditions.ImageLatents, 2) : latents;
        Tensor tokens = patches.Forward(input, text, positions.Added);                  // [B, S, D]
        Observer?.Invoke("patch_embed", tokens);
        cache?.Begin(timesteps[0], tokens.Shape);
        bool isEnough = false;
        for (int i = 0; i < blocks.Length && !isEnough; i++)
        {
            layers.Enter(i);
            Tensor next = blocks[i].Forward(tokens, textTokens, condition, positions.Rotary, cache?.Attention(i) ?? default);
            isEnough = i == 0 && cache?.SkipsRest(tokens, next, textTokens) == true;
            ops.Memory.Release(tokens);
            tokens = next;
            if (Observer is not null)
                Observe(Observer, $"block{i}", tokens, textTokens);
            ops.KeepPace();
            progress?.Invoke(isEnough ? blocks.Length : i + 1, blocks.Length);
        }
        Tensor video = ops.Slice(tokens, 1, textTokens, tokens.Shape[1] - textTokens);  // [B, V, D]
        ops.Memory.Release(tokens);
        video = cache?.Complete(video) ?? video;
        Tensor output = ops.Cast(patches.Unpatch(head.Forward(video, condition), shape), DType.F32);
        Observer?.Invoke("output", output);
        return scope.Keep(output);
    }

    // [B, S, D]
    private Shape TokensOf(Shape latents, int textTokens) =>
        [latents[0], textTokens + config.VideoTokens(latents[1], latents[3], latents[4]), config.Width];

    private Positions PositionsFor(Shape latents) => Positions.For(ops, config, latents, storedPositions);

    // One number for the whole batch.
    private Tensor AddOfs(Tensor embedded, double value, int batch)
    {
        using MemoryScope scope = ops.Scope();
        Span<double> values = stackalloc double[batch];
        values.Fill(value);
        Tensor added = ofs!.Forward(values);                                            // [B, E]
        Observer?.Invoke("ofs_embedding", added);
        return scope.Keep(ops.Add(embedded, added));
    }

    // [1, S, D] in the file, of the size that the model was trained at, text included; computed with as activations are.
    private Tensor StoredPositions(WeightReader weights)
    {
        int tokens = config.MaxTextLength
            + config.VideoTokens(config.LatentFrames(config.SampleFrames), config.SampleHeight, config.SampleWidth);
        return weights.Get("pos_embedding", [1, tokens, config.Width]).Reshape([tokens, config.Width]);
    }

    private void Observe(Action<string, Tensor> observer, string stage, Tensor tokens, int textTokens)
    {
        using MemoryScope scope = ops.Scope();
        observer($"{stage}.text", ops.Slice(tokens, 1, 0, textTokens));
        observer($"{stage}.video", ops.Slice(tokens, 1, textTokens, tokens.Shape[1] - textTokens));
    }
}
