using CogVideoX.Models.Configuration;
using CogVideoX.Models.Layers;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>Latents to video tokens and back, and the text's projection to the same width.</summary>
internal sealed class PatchEmbedding
{
    private readonly Ops ops;
    private readonly TransformerConfig config;
    private readonly Linear patch, text;

    public PatchEmbedding(WeightReader weights, TransformerConfig config)
    {
        this.config = config;
        ops = weights.Ops;
        patch = Linear.OfPatches(weights["proj"], [config.Width, config.InChannels, config.PatchSize, config.PatchSize], config.PatchBias);
        text = new Linear(weights["text_proj"], config.TextWidth, config.Width);
    }

    /// <param name="latents">[B, F, C, H, W]</param>
    /// <param name="prompt">[B, T, text width]</param>
    /// <param name="positions">[V, D], added to the video tokens, or none</param>
    /// <returns>[B, S, D], text first</returns>
    public Tensor Forward(Tensor latents, Tensor prompt, Tensor positions)
    {
        using MemoryScope scope = ops.Scope();
        Tensor video = patch.Forward(Patches(ops.Cast(latents, ops.ActivationType)));
        if (!positions.IsNone)
            video = ops.Add(video, positions);
        return scope.Keep(ops.Concat(text.Forward(prompt), video, 1));
    }

    /// <summary>The inverse of cutting into patches.</summary>
    /// <param name="patches">[B, V, C·p·p]</param>
    /// <param name="latents">Shape of the latents that the patches came from</param>
    /// <returns>[B, F, C, H, W]</returns>
    public Tensor Unpatch(Tensor patches, Shape latents)
    {
        int p = config.PatchSize, rows = latents[3] / p, columns = latents[4] / p;
        Tensor grid = patches.Reshape([latents[0], latents[1], rows, columns, config.OutChannels, p, p]);
        return ops.Permute(grid, [0, 1, 4, 2, 5, 3, 6]).Reshape([latents[0], latents[1], config.OutChannels, latents[3], latents[4]]);
    }

    // [B, F, C, H, W] → [B, V, C·p·p]
    private Tensor Patches(Tensor latents)
    {
        Shape shape = latents.Shape;
        int p = config.PatchSize, rows = shape[3] / p, columns = shape[4] / p;
        if (shape[2] != config.InChannels || rows * p != shape[3] || columns * p != shape[4])
        {
            throw new TensorException(
                $"Latents {shape} don't fit this transformer: it takes [B, F, {config.InChannels}, H, W] with H and W multiples of {p}.");
        }
        Tensor grid = latents.Reshape([shape[0], shape[1], shape[2], rows, p, columns, p]);
        return ops.Permute(grid, [0, 1, 3, 5, 2, 4, 6]).Reshape([shape[0], TokenTable.Tokens(shape[1], rows, columns), shape[2] * p * p]);
    }
}
