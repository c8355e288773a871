using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>
/// Pyramid attention broadcast (arXiv 2408.12588): in the middle of a run attention changes little from evaluation to evaluation, so that
/// each block uses what it gathered before. CogVideoX has one kind of attention, over space, time and text together, which counts as the
/// paper's spatial one. What is kept is what tokens gathered, before the output projection: that and the gates are of their own evaluation.
/// </summary>
public sealed class PyramidAttentionBroadcast : StepCache
{
    private readonly Ops ops;
    private readonly BroadcastRange range;
    private readonly Tensor[] attended; // of each block, [B, S, D]

    internal PyramidAttentionBroadcast(Ops ops, int blocks, Shape tokens, BroadcastRange range) : base(tokens)
    {
        this.ops = ops;
        this.range = range;
        attended = [.. Enumerable.Range(0, blocks).Select(_ => ops.Memory.Empty(tokens, ops.ActivationType))];
    }

    internal override int Patterns => 2;

    // A dry run computes everything.
    private protected override void Decide(int evaluation, double timestep)
    {
        bool isReused = !ops.IsPlanning && evaluation % range.Skip != 0 && timestep > range.From && timestep < range.To;
        Pattern = isReused ? 1 : 0;
        Reusing += Pattern;
    }

    internal override KeptAttention Attention(int block) => new(attended[block], Pattern == 1);
}
