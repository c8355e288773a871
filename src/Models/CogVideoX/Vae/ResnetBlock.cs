using CogVideoX.Models.Layers;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>Two norms and convolutions beside a shortcut.</summary>
internal sealed class ResnetBlock
{
    private readonly Ops ops;
    private readonly IVaeNorm norm1, norm2;
    private readonly CausalConv3d conv1, conv2;
    private readonly Linear? shortcut;

    /// <param name="weights">The block's weights.</param>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="makeNorm">The kind of norm: plain in the encoder, spatial in the decoder.</param>
    public ResnetBlock(WeightReader weights, int inputs, int outputs, Func<WeightReader, int, IVaeNorm> makeNorm)
    {
        ops = weights.Ops;
        norm1 = makeNorm(weights["norm1"], inputs);
        conv1 = new CausalConv3d(weights["conv1"], inputs, outputs);
        norm2 = makeNorm(weights["norm2"], outputs);
        conv2 = new CausalConv3d(weights["conv2"], outputs, outputs);
        if (inputs != outputs)
            shortcut = Linear.OfPatches(weights["conv_shortcut"], [outputs, inputs, 1, 1, 1]);
    }

    /// <summary>Takes over <paramref name="x"/> [B, F, H, W, C], whose memory is given back as soon as it can be.</summary>
    /// <param name="x">Owned by the caller until now</param>
    /// <param name="latents">What spatial norms look at, or none</param>
    /// <param name="past">What the chunks before left behind</param>
    public Tensor Forward(Tensor x, Tensor latents, FramesBefore past)
    {
        using MemoryScope scope = ops.Scope();
        Tensor normed = norm1.Forward(x, latents);
        Tensor middle = conv1.Forward(normed, past);
        ops.Memory.Release(normed);
        normed = norm2.Forward(middle, latents);
        ops.Memory.Release(middle);
        Tensor beside = x;
        if (shortcut is not null)
        {
            beside = shortcut.Forward(x);
            ops.Memory.Release(x);
        }
        Tensor y = conv2.Forward(normed, past, beside);
        ops.Memory.Release(beside);
        ops.KeepPace();
        return scope.Keep(y);
    }
}
