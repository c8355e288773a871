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
    /// Sees the tokens before the blocks (<c>patch_embed</c>) and behind each (<c>block3</c>), [B, S, D], in <see cref="Forward"/>; may
    /// throw.
    /// </summary>
    internal Action<string, Tensor>? TokensObserver { get; set; }

    /// <summary>Sees what the parts of a block give, each by the name of its block and its own (<c>block3.queries</c>).</summary>
    internal Action<string, Tensor>? PartObserver { get; set; }

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
        Shape shape = latents.Shape;
        int textTokens = conditions.Text.Shape[1];
        Positions positions = PositionsOf(shape);
        (Tensor tokens, Tensor condition) = Enter(latents, conditions, Waves(timesteps), OfsWaves(conditions), positions);
        TokensObserver?.Invoke("patch_embed", tokens);
        cache?.Begin(timesteps[0], tokens.Shape);
        bool isEnough = false;
        for (int i = 0; i < blocks.Length && !isEnough; i++)
        {
            layers.Enter(i);
            Tensor next = RunBlock(i, tokens, textTokens, condition, positions, cache);
            isEnough = i == 0 && cache?.ComparesFirst == true && IsFirstEnough(cache, tokens, next, textTokens);
            ops.Memory.Release(tokens);
            tokens = next;
            if (Observer is not null)
                Observe(Observer, $"block{i}", tokens, textTokens);
            TokensObserver?.Invoke($"block{i}", tokens);
            ops.KeepPace();
            progress?.Invoke(isEnough ? blocks.Length : i + 1, blocks.Length);
        }
        Tensor output = Leave(tokens, textTokens, condition, shape, cache);
        Observer?.Invoke("output", output);
        return scope.Keep(output);
    }

    /// <summary>The evaluations of a run as recordings, for latents and conditions as <see cref="Forward"/> is given them.</summary>
    /// <param name="scope">Owns their memory, and lasts as long as they do.</param>
    /// <param name="conditions">They stay where they are.</param>
    /// <param name="latents">[B, F, C, H, W], for which the model is prepared</param>
    /// <param name="cache">The run's, which <see cref="Forward"/> has filled; or null.</param>
    /// <exception cref="OutOfMemoryException">Nothing stays behind, and the run can go on without them.</exception>
    public RecordedEvaluations Record(MemoryScope scope, Conditions conditions, Shape latents, StepCache? cache) =>
        new(this, ops, scope, conditions, latents, cache);

    /// <summary>How many blocks there are.</summary>
    internal int BlockCount => blocks.Length;

    /// <summary>[B, F, C, H, W], what <see cref="Forward"/> gives for latents of a shape.</summary>
    internal Shape OutputOf(Shape latents) => latents.With(2, config.OutChannels);

    /// <summary>The waves of B timesteps, F32.</summary>
    internal Tensor Waves(ReadOnlySpan<double> timesteps) => time.Waves(timesteps);

    /// <summary>The same, written into a tensor that was made so.</summary>
    internal void WriteWaves(ReadOnlySpan<double> timesteps, Tensor waves) => time.WriteWaves(timesteps, waves);

    /// <summary>The waves of <c>ofs</c>, one for each of B rows, F32; none where the model has no <c>ofs</c>.</summary>
    internal Tensor OfsWaves(Conditions conditions)
    {
        if (ofs is null)
            return default;
        Span<double> values = stackalloc double[conditions.Text.Shape[0]]; // one number for the whole batch
        values.Fill(conditions.Ofs!.Value);
        return ofs.Waves(values);
    }

    /// <summary>The tables of latents of some size: those that <see cref="Prepare"/> made, where they fit.</summary>
    internal Positions PositionsOf(Shape latents) => prepared.Fit(latents) ? prepared : PositionsFor(latents);

    /// <summary>What comes before the blocks.</summary>
    /// <param name="latents">[B, F, C, H, W]</param>
    /// <param name="conditions">As <see cref="Forward"/> takes them.</param>
    /// <param name="waves">Of <see cref="Waves"/></param>
    /// <param name="ofsWaves">Of <see cref="OfsWaves"/></param>
    /// <param name="positions">Of the latents' size</param>
    /// <returns>The tokens, [B, S, D], and the time embedding behind its activation, [B, E].</returns>
    internal (Tensor Tokens, Tensor Condition) Enter(
        Tensor latents, Conditions conditions, Tensor waves, Tensor ofsWaves, Positions positions)
    {
        Tensor embedded = time.Forward(waves);                                          // [B, E]
        Observer?.Invoke("time_embedding", embedded);
        if (ofs is not null)
            embedded = AddOfs(embedded, ofs, ofsWaves);
        Tensor condition = ops.Silu(embedded);
        Tensor input = config.TakesImage ? ops.Concat(latents, conditions.ImageLatents, 2) : latents;
        Tensor tokens = patches.Forward(input, conditions.Text, positions.Added);       // [B, S, D]
        Observer?.Invoke("patch_embed", tokens);
        return (tokens, condition);
    }

    /// <summary>One block.</summary>
    /// <param name="index">Which, from 0 on</param>
    /// <param name="tokens">[B, S, D]</param>
    /// <param name="textTokens">T</param>
    /// <param name="condition">[B, E]</param>
    /// <param name="positions">Of the latents' size</param>
    /// <param name="cache">The run's, or null</param>
    /// <returns>[B, S, D]</returns>
    internal Tensor RunBlock(int index, Tensor tokens, int textTokens, Tensor condition, Positions positions, StepCache? cache) =>
        blocks[index].Forward(tokens, textTokens, condition, positions.Rotary, cache?.Attention(index) ?? default, PartsOf(index));

    /// <summary>What comes behind the blocks.</summary>
    /// <param name="tokens">[B, S, D]; given back</param>
    /// <param name="textTokens">T</param>
    /// <param name="condition">[B, E]</param>
    /// <param name="latents">[B, F, C, H, W], what <see cref="Enter"/> was given</param>
    /// <param name="cache">The run's, or null</param>
    /// <returns>F32 [B, F, C, H, W]</returns>
    internal Tensor Leave(Tensor tokens, int textTokens, Tensor condition, Shape latents, StepCache? cache)
    {
        Tensor video = ops.Slice(tokens, 1, textTokens, tokens.Shape[1] - textTokens);  // [B, V, D]
        ops.Memory.Release(tokens);
        return LeaveVideo(video, condition, latents, cache);
    }

    /// <summary>The same from the video tokens on, [B, V, D].</summary>
    internal Tensor LeaveVideo(Tensor video, Tensor condition, Shape latents, StepCache? cache)
    {
        video = cache?.Complete(video) ?? video;
        return ops.Cast(patches.Unpatch(head.Forward(video, condition), latents), DType.F32);
    }

    private Action<string, Tensor>? PartsOf(int block) => PartObserver is null ? null : Named(PartObserver, block);

    // On its own, so that what it captures is made where there is an observer only.
    private static Action<string, Tensor> Named(Action<string, Tensor> observer, int block) =>
        (part, tensor) => observer($"block{block}.{part}", tensor);

    private bool IsFirstEnough(StepCache cache, Tensor before, Tensor after, int textTokens)
    {
        using MemoryScope scope = ops.Scope();
        Tensor added = cache.Compare(before, after, textTokens);
        if (cache.SkipsRest())
            return true;
        cache.Fill(added, after, textTokens);
        return false;
    }

    // [B, S, D]
    internal Shape TokensOf(Shape latents, int textTokens) =>
        [latents[0], textTokens + config.VideoTokens(latents[1], latents[3], latents[4]), config.Width];

    private Positions PositionsFor(Shape latents) => Positions.For(ops, config, latents, storedPositions);

    private Tensor AddOfs(Tensor embedded, TimeEmbedding ofs, Tensor ofsWaves)
    {
        using MemoryScope scope = ops.Scope();
        Tensor added = ofs.Forward(ofsWaves);                                           // [B, E]
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
