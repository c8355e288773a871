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
    /// <param name="parts">Sees what each part gives, by name; or null</param>
    /// <returns>[B, S, D]</returns>
    public Tensor Forward(
        Tensor tokens, int textTokens, Tensor condition, RotaryTable rotary, KeptAttention kept, Action<string, Tensor>? parts)
    {
        using MemoryScope scope = ops.Scope();
        Tensor middle = Attend(tokens, textTokens, condition, rotary, kept, parts);
        parts?.Invoke("attention's output", middle);
        Modulation modulation = norm2.Modulate(condition, textTokens);
        parts?.Invoke("norm2's modulation", modulation.Vectors);
        Tensor normed = norm2.Forward(middle, modulation);
        parts?.Invoke("norm2", normed);
        Tensor hidden = up.Forward(normed, Activation.GeluTanh); // [B, S, 4D]
        parts?.Invoke("feed-forward, up", hidden);
        Tensor result = down.ForwardGated(hidden, middle, modulation);
        parts?.Invoke("feed-forward, down", result);
        return scope.Keep(result);
    }

    private Tensor Attend(
        Tensor tokens, int textTokens, Tensor condition, RotaryTable rotary, KeptAttention kept, Action<string, Tensor>? parts)
    {
        using MemoryScope scope = ops.Scope();
        Modulation modulation = norm1.Modulate(condition, textTokens);
        parts?.Invoke("norm1's modulation", modulation.Vectors);
        Tensor attended = kept.IsReused ? kept.Attended : Gather(tokens, textTokens, modulation, rotary, parts);
        if (!kept.IsReused && !kept.Attended.IsNone)
            ops.CopyInto(attended, kept.Attended, 0, 0);
        return scope.Keep(attention.Project(attended, tokens, modulation));
    }

    private Tensor Gather(Tensor tokens, int textTokens, Modulation modulation, RotaryTable rotary, Action<string, Tensor>? parts)
    {
        Tensor normed = norm1.Forward(tokens, modulation);
        parts?.Invoke("norm1", normed);
        Tensor attended = attention.Attend(normed, textTokens, rotary, parts);
        parts?.Invoke("attention", attended);
        return attended;
    }
}
