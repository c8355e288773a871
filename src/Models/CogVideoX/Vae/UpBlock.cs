using CogVideoX.Models.Configuration;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>Residual blocks, then (but for the last) twice the height and width, in the first ones also twice the frames.</summary>
internal sealed class UpBlock
{
    private readonly Ops ops;
    private readonly ResnetBlock[] blocks;
    private readonly bool upsamples, upsamplesTime;
    private readonly Tensor weight; // [C, C, 1, 3, 3]
    private readonly Tensor bias;   // [C]

    public UpBlock(WeightReader weights, VaeConfig config, int index)
    {
        ops = weights.Ops;
        int outputs = config.BlockChannels[^(1 + index)];
        blocks = [.. Enumerable.Range(0, config.LayersPerBlock + 1).Select(i =>
            new ResnetBlock(weights["resnets"][i], i == 0 ? config.BlockChannels[^Math.Max(1, index)] : outputs, outputs,
                (norm, channels) => new SpatialNorm(norm, config, channels)))];
        upsamples = index < config.BlockChannels.Count - 1;
        upsamplesTime = index < int.Log2(config.TemporalCompression);
        if (!upsamples)
            return;
        weight = weights["upsamplers"][0]["conv"].Get("weight", [outputs, outputs, 3, 3]).Reshape([outputs, outputs, 1, 3, 3]);
        bias = weights["upsamplers"][0]["conv"].Get("bias", [outputs]);
    }

    /// <summary>How many residual blocks it has.</summary>
    public int BlockCount => blocks.Length;

    /// <summary>Takes over <paramref name="x"/> [B, F, H, W, C].</summary>
    public Tensor Forward(Tensor x, Tensor latents, FramesBefore past, Action blockDone)
    {
        using MemoryScope scope = ops.Scope();
        foreach (ResnetBlock block in blocks)
        {
            x = block.Forward(x, latents, past);
            blockDone();
        }
        if (!upsamples)
            return scope.Keep(x);
        Tensor larger = ops.UpsampleNearest(x, upsamplesTime);
        ops.Memory.Release(x);
        return scope.Keep(ops.CausalConv3d(larger, weight, bias));
    }
}
