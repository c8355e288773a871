using CogVideoX.Models.Configuration;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>Residual blocks, then (but for the last) half the height and width, in the first ones also half the frames.</summary>
internal sealed class DownBlock
{
    private readonly Ops ops;
    private readonly ResnetBlock[] blocks;
    private readonly bool downsamples, downsamplesTime;
    private readonly Tensor weight; // [C, C, 1, 3, 3]
    private readonly Tensor bias;   // [C]

    public DownBlock(WeightReader weights, VaeConfig config, int index)
    {
        ops = weights.Ops;
        int outputs = config.BlockChannels[index];
        blocks = [.. Enumerable.Range(0, config.LayersPerBlock).Select(i =>
            new ResnetBlock(weights["resnets"][i], i == 0 ? config.BlockChannels[Math.Max(0, index - 1)] : outputs, outputs,
                (norm, channels) => new PlainNorm(norm, channels, config.NormGroups, (float)config.NormEpsilon)))];
        downsamples = index < config.BlockChannels.Count - 1;
        downsamplesTime = index < int.Log2(config.TemporalCompression);
        if (!downsamples)
            return;
        weight = weights["downsamplers"][0]["conv"].Get("weight", [outputs, outputs, 3, 3]).Reshape([outputs, outputs, 1, 3, 3]);
        bias = weights["downsamplers"][0]["conv"].Get("bias", [outputs]);
    }

    /// <summary>How many residual blocks it has.</summary>
    public int BlockCount => blocks.Length;

    /// <summary>Takes over <paramref name="x"/> [B, F, H, W, C].</summary>
    public Tensor Forward(Tensor x, FramesBefore past, Action blockDone)
    {
        using MemoryScope scope = ops.Scope();
        foreach (ResnetBlock block in blocks)
        {
            x = block.Forward(x, default, past);
            blockDone();
        }
        if (!downsamples)
            return scope.Keep(x);
        if (downsamplesTime && x.Shape[1] > 1)
        {
            Tensor fewer = ops.AverageFramePairs(x);
            ops.Memory.Release(x);
            x = fewer;
        }
        Tensor smaller = ops.CausalConv3d(x, weight, bias, stride: 2, padEnd: true);
        ops.Memory.Release(x);
        return scope.Keep(smaller);
    }
}
