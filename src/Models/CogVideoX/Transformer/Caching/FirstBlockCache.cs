using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>
/// First-block cache (FBCache of ParaAttention, after TeaCache, arXiv 2411.19108): what the first block adds to the video tokens is
/// compared with what it added when all blocks ran last. Where the two are near, the other blocks are taken to add what they added then:
/// mean|r − r'| / mean|r'| ≤ threshold, over both rows of guidance together.
/// </summary>
public sealed class FirstBlockCache : StepCache
{
    private readonly Ops ops;
    private readonly double threshold;
    private readonly Tensor first; // [B, V, D]: r', what the first block added when all ran
    private readonly Tensor rest;  // [B, V, D]: what the others added then; while all run, the video tokens behind the first
    private bool isFilled, skips;

    internal FirstBlockCache(Ops ops, Shape tokens, int textTokens, double threshold) : base(tokens)
    {
        Shape video = tokens.With(1, tokens[1] - textTokens);
        this.ops = ops;
        this.threshold = threshold;
        first = ops.Memory.Empty(video, ops.ActivationType);
        rest = ops.Memory.Empty(video, ops.ActivationType);
    }

    /// <summary>How much the first block's part had changed at the last evaluation; NaN at the first, which has none before it.</summary>
    public double Change { get; private set; } = double.NaN;

    internal override bool SkipsRest(Tensor before, Tensor after, int textTokens)
    {
        using MemoryScope scope = ops.Scope();
        Tensor added = VideoOf(ops.LinearCombination((1, after), (-1, before)), textTokens);
        if (isFilled)
            Change = ops.RelativeL1(added, first);
        skips = Change <= threshold; // a NaN isn't: the blocks run, so that what is wrong is found where it begins
        if (skips)
        {
            Reusing++;
            return true;
        }
        ops.CopyInto(added, first, 0, 0);
        ops.CopyInto(VideoOf(after, textTokens), rest, 0, 0);
        isFilled = true;
        return false;
    }

    internal override Tensor Complete(Tensor video)
    {
        if (skips)
            return ops.Add(video, rest);
        using MemoryScope scope = ops.Scope();
        ops.CopyInto(ops.LinearCombination((1, video), (-1, rest)), rest, 0, 0);
        return video;
    }

    private Tensor VideoOf(Tensor tokens, int textTokens) => ops.Slice(tokens, 1, textTokens, tokens.Shape[1] - textTokens);
}
