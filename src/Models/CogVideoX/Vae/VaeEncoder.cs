using CogVideoX.Models.Configuration;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>One chunk of video frames to the mean and log variance of latents.</summary>
internal sealed class VaeEncoder : IVaeCoder
{
    private const float OutputNormEpsilon = 1e-6f; // fixed in the reference, not in the config

    private readonly Ops ops;
    private readonly CausalConv3d first, last;
    private readonly DownBlock[] down;
    private readonly ResnetBlock[] middle;
    private readonly PlainNorm norm;
    private readonly int halvings; // of the frames

    public VaeEncoder(WeightReader weights, VaeConfig config)
    {
        ops = weights.Ops;
        halvings = int.Log2(config.TemporalCompression);
        int narrowest = config.BlockChannels[0], widest = config.BlockChannels[^1];
        first = new CausalConv3d(weights["conv_in"], config.InChannels, narrowest);
        down = [.. Enumerable.Range(0, config.BlockChannels.Count).Select(i => new DownBlock(weights["down_blocks"][i], config, i))];
        middle = [.. Enumerable.Range(0, 2).Select(i =>
            new ResnetBlock(weights["mid_block"]["resnets"][i], widest, widest,
                (norm, channels) => new PlainNorm(norm, channels, config.NormGroups, (float)config.NormEpsilon)))];
        norm = new PlainNorm(weights["norm_out"], widest, config.NormGroups, OutputNormEpsilon);
        last = new CausalConv3d(weights["conv_out"], widest, 2 * config.LatentChannels);
    }

    public Action<string, Tensor>? Observer { get; set; }

    /// <summary>An odd count has a first frame that stays one.</summary>
    public int FramesFrom(int frames)
    {
        for (int i = 0; i < halvings; i++)
            frames = (frames + 1) / 2;
        return frames;
    }

    public int BlockCount => middle.Length + down.Sum(block => block.BlockCount);

    /// <param name="frames">[B, F, H, W, colours]</param>
    /// <param name="past">What the chunks before left behind</param>
    /// <param name="blockDone">Told after each residual block</param>
    /// <returns>[B, f, h, w, 2·latent channels]: means, then log variances</returns>
    public Tensor Forward(Tensor frames, FramesBefore past, Action blockDone)
    {
        using MemoryScope scope = ops.Scope();
        Tensor x = first.Forward(frames, past);
        for (int i = 0; i < down.Length; i++)
        {
            x = down[i].Forward(x, past, blockDone);
            Observer?.Invoke($"down_blocks.{i}", x);
        }
        foreach (ResnetBlock block in middle)
        {
            x = block.Forward(x, default, past);
            blockDone();
        }
        Tensor normed = norm.Forward(x);
        ops.Memory.Release(x);
        return scope.Keep(last.Forward(normed, past));
    }
}
