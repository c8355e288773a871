using CogVideoX.Models.Configuration;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>One chunk of latent frames to video frames.</summary>
internal sealed class VaeDecoder : IVaeCoder
{
    private readonly Ops ops;
    private readonly CausalConv3d first, last;
    private readonly ResnetBlock[] middle;
    private readonly UpBlock[] up;
    private readonly SpatialNorm norm;
    private readonly int doublings; // of the frames

    public VaeDecoder(WeightReader weights, VaeConfig config)
    {
        ops = weights.Ops;
        doublings = int.Log2(config.TemporalCompression);
        int widest = config.BlockChannels[^1], narrowest = config.BlockChannels[0];
        first = new CausalConv3d(weights["conv_in"], config.LatentChannels, widest);
        middle = [.. Enumerable.Range(0, 2).Select(i =>
            new ResnetBlock(weights["mid_block"]["resnets"][i], widest, widest,
                (norm, channels) => new SpatialNorm(norm, config, channels)))];
        up = [.. Enumerable.Range(0, config.BlockChannels.Count).Select(i => new UpBlock(weights["up_blocks"][i], config, i))];
        norm = new SpatialNorm(weights["norm_out"], config, narrowest);
        last = new CausalConv3d(weights["conv_out"], narrowest, config.OutChannels);
    }

    public Action<string, Tensor>? Observer { get; set; }

    /// <summary>An odd count has a first frame that stays one.</summary>
    public int FramesFrom(int frames)
    {
        for (int i = 0; i < doublings; i++)
            frames = 2 * frames - frames % 2;
        return frames;
    }

    public int BlockCount => middle.Length + up.Sum(block => block.BlockCount);

    /// <param name="latents">[B, f, h, w, latent channels]</param>
    /// <param name="past">What the chunks before left behind</param>
    /// <param name="blockDone">Told after each residual block</param>
    /// <returns>[B, F, H, W, colours]</returns>
    public Tensor Forward(Tensor latents, FramesBefore past, Action blockDone)
    {
        using MemoryScope scope = ops.Scope();
        Tensor x = first.Forward(latents, past);
        Observer?.Invoke("conv_in", x);
        foreach (ResnetBlock block in middle)
        {
            x = block.Forward(x, latents, past);
            blockDone();
        }
        Observer?.Invoke("mid_block", x);
        for (int i = 0; i < up.Length; i++)
        {
            x = up[i].Forward(x, latents, past, blockDone);
            Observer?.Invoke($"up_blocks.{i}", x);
        }
        if (Observer is not null)
            Observer("norm_out", norm.Forward(x, latents, activate: false));
        Tensor normed = norm.Forward(x, latents);
        ops.Memory.Release(x);
        Tensor frames = last.Forward(normed, past);
        Observer?.Invoke("conv_out", frames);
        return scope.Keep(frames);
    }
}
