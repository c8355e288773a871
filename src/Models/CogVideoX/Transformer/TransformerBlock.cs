using CogVideoX.Models.Configuration;
using CogVideoX.Models.Layers;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>One block: joint attention and a feed-forward layer over all S tokens, each modulated and gated per modality.</summary>
internal sealed class TransformerBlock
{
    private readonly Ops ops;
    private readonly ModulatedNorm norm1, norm2;
    private readonly JointAttention attention;
    private readonly Linear up, down;

    public TransformerBlock(WeightReader weights, TransformerConfig config)
    {
        ops = weights.Ops;
        int width = config.Width;
        norm1 = new ModulatedNorm(weights["norm1"], config);
        attention = new JointAttention(weights["attn1"], config);
        norm2 = new ModulatedNorm(weights["norm2"], config);
        WeightReader feedForward = weights["ff"]["net"];
        up = new Linear(feedForward[0]["proj"], width, 4 * width);
        down = new Linear(feedForward[2], 4 * width, width);
    }

    /// <param name="tokens">[B, S, D], text first</param>
    /// <param name="textTokens">T</param>
    /// <param name="condition">[B, E], the time embedding behind its activation</param>
    /// <param name="rotary">Angles of the video tokens, or none</param>
    /// <param name="kept">Where a cache keeps what attention gives, or none</param>
    /// <returns>[B, S, D]</returns>
    public Tensor Forward(Tensor tokens, int textTokens, Tensor condition, RotaryTable rotary, KeptAttention kept)
    {
        using MemoryScope scope = ops.Scope();
        Tensor middle = Attend(tokens, textTokens, condition, rotary, kept);
        Modulation modulation = norm2.Modulate(condition, textTokens);
        Tensor hidden = up.Forward(norm2.Forward(middle, modulation), Activation.GeluTanh); // [B, S, 4D]
        return scope.Keep(down.ForwardGated(hidden, middle, modulation));
    }

    private Tensor Attend(Tensor tokens, int textTokens, Tensor condition, RotaryTable rotary, KeptAttention kept)
    {
        using MemoryScope scope = ops.Scope();
        Modulation modulation = norm1.Modulate(condition, textTokens);
        Tensor attended = kept.IsReused
            ? kept.Attended
            : attention.Attend(norm1.Forward(tokens, modulation), textTokens, rotary);
        if (!kept.IsReused && !kept.Attended.IsNone)
            ops.CopyInto(attended, kept.Attended, 0, 0);
        return scope.Keep(attention.Project(attended, tokens, modulation));
    }
}
