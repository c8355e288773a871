using CogVideoX.Models.Configuration;
using CogVideoX.Models.Layers;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>
/// Latents to video tokens and back, and the text's projection to the same width. A patch has q latent frames of p×p: 1 of them in the
/// first releases, 2 in CogVideoX 1.5.
/// </summary>
internal sealed class PatchEmbedding
{
    private readonly Ops ops;
    private readonly TransformerConfig config;
    private readonly Linear patch, text;

    public PatchEmbedding(WeightReader weights, TransformerConfig config)
    {
        this.config = config;
        ops = weights.Ops;
        int p = config.PatchSize;
        patch = config.TemporalPatchSize is { } q
            ? new Linear(weights["proj"], config.InChannels * q * p * p, config.Width) // with a bias, whatever the config says
            : Linear.OfPatches(weights["proj"], [config.Width, config.InChannels, p, p], config.PatchBias);
        text = new Linear(weights["text_proj"], config.TextWidth, config.Width);
    }

    /// <param name="latents">[B, F, C, H, W]</param>
    /// <param name="prompt">[B, T, text width]</param>
    /// <param name="positions">[V, D], added to the video tokens, or [S, D], added to all, or none</param>
    /// <returns>[B, S, D], text first</returns>
    public Tensor Forward(Tensor latents, Tensor prompt, Tensor positions)
    {
        using MemoryScope scope = ops.Scope();
        Tensor video = patch.Forward(Patches(ops.Cast(latents, ops.ActivationType)));
        bool isOfVideo = !positions.IsNone && positions.Shape[0] == video.Shape[1];
        if (isOfVideo)
            video = ops.Add(video, positions);
        Tensor tokens = ops.Concat(text.Forward(prompt), video, 1);
        return scope.Keep(positions.IsNone || isOfVideo ? tokens : AddToAll(tokens, positions));
    }

    /// <summary>The inverse of cutting into patches.</summary>
    /// <param name="patches">[B, V, C·q·p·p]</param>
    /// <param name="latents">Shape of the latents that the patches came from</param>
    /// <returns>[B, F, C, H, W]</returns>
    public Tensor Unpatch(Tensor patches, Shape latents)
    {
        int channels = config.OutChannels, p = config.PatchSize, q = config.PatchFrames;
        int groups = latents[1] / q, rows = latents[3] / p, columns = latents[4] / p;
        Tensor grid = patches.Reshape([latents[0], groups, rows, columns, channels, q, p, p]);
        return ops.Permute(grid, [0, 1, 5, 4, 2, 6, 3, 7]).Reshape([latents[0], latents[1], channels, latents[3], latents[4]]);
    }

    private Tensor AddToAll(Tensor tokens, Tensor positions) => positions.Shape[0] == tokens.Shape[1]
        ? ops.Add(tokens, positions)
        : throw new TensorException(
            $"The stored positions (patch_embed.pos_embedding) are of {positions.Shape[0]} tokens, and there are {tokens.Shape[1]}: "
            + $"this model takes prompts of {config.MaxTextLength} tokens.");

    // [B, F, C, H, W] → [B, V, C·q·p·p]
    private Tensor Patches(Tensor latents)
    {
        Shape shape = latents.Shape;
        int p = config.PatchSize, q = config.PatchFrames, groups = shape[1] / q, rows = shape[3] / p, columns = shape[4] / p;
        if (shape[2] != config.InChannels || groups * q != shape[1] || rows * p != shape[3] || columns * p != shape[4])
        {
            string frames = q == 1 ? "" : $" and F a multiple of {q}";
            throw new TensorException(
                $"Latents {shape} don't fit this transformer: it takes [B, F, {config.InChannels}, H, W] with H and W multiples of {p}"
                + $"{frames}.");
        }
        Tensor grid = latents.Reshape([shape[0], groups, q, shape[2], rows, p, columns, p]);
        Tensor patches = ops.Permute(grid, [0, 1, 4, 6, 3, 2, 5, 7]);
        return patches.Reshape([shape[0], TokenTable.Tokens(groups, rows, columns), shape[2] * q * p * p]);
    }
}
