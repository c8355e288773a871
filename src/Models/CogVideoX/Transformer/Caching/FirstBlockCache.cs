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
    private readonly Tensor sums;  // [2], of the comparison
    private bool isFilled;

    internal FirstBlockCache(Ops ops, Shape tokens, int textTokens, double threshold) : base(tokens)
    {
        Shape video = tokens.With(1, tokens[1] - textTokens);
        this.ops = ops;
        this.threshold = threshold;
        first = ops.Memory.Empty(video, ops.ActivationType);
        rest = ops.Memory.Empty(video, ops.ActivationType);
        sums = ops.Empty([2]);
    }

    /// <summary>How much the first block's part had changed at the last evaluation; NaN at the first, which has none before it.</summary>
    public double Change { get; private set; } = double.NaN;

    internal override bool ComparesFirst => true;

    private bool Skips => Pattern == 1;

    internal override Tensor Compare(Tensor before, Tensor after, int textTokens)
    {
        using MemoryScope scope = ops.Scope();
        Tensor added = VideoOf(ops.LinearCombination((1, after), (-1, before)), textTokens);
        ops.RelativeL1(added, isFilled ? first : added, sums); // the first time as well: what comes later may be recorded
        return scope.Keep(added);
    }

    internal override bool SkipsRest()
    {
        if (isFilled)
            Change = ops.RelativeL1Of(sums);
        Pattern = Change <= threshold ? 1 : 0; // a NaN isn't: the blocks run, so that what is wrong is found where it begins
        Reusing += Pattern;
        return Skips;
    }

    internal override void Fill(Tensor added, Tensor after, int textTokens)
    {
        using MemoryScope scope = ops.Scope();
        ops.CopyInto(added, first, 0, 0);
        ops.CopyInto(VideoOf(after, textTokens), rest, 0, 0);
        isFilled = true;
    }

    internal override Tensor Complete(Tensor video)
    {
        if (Skips)
            return ops.LinearCombination((1, video), (1, rest)); // whose kernel has run before, as a recording asks for
        using MemoryScope scope = ops.Scope();
        ops.CopyInto(ops.LinearCombination((1, video), (-1, rest)), rest, 0, 0);
        return video;
    }

    private Tensor VideoOf(Tensor tokens, int textTokens) => ops.Slice(tokens, 1, textTokens, tokens.Shape[1] - textTokens);
}
