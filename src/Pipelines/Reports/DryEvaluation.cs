using CogVideoX.Models;
using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Configuration;
using CogVideoX.Models.Weights;
using CogVideoX.Pipelines.Checkpoints;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines.Reports;

/// <summary>
/// One evaluation of an architecture's transformer, with guidance, at the size that it was made for, on a device that runs nothing and
/// holds nothing: for whoever counts what it would do.
/// </summary>
/// <param name="Latents">[B, F, C, H, W], what it was given.</param>
/// <param name="Frames">Of the video.</param>
/// <param name="Blocks">How many blocks the transformer has, of which one was run.</param>
internal sealed record DryEvaluation(Shape Latents, int Frames, int Blocks)
{
    /// <summary>Names of the parts, in their order.</summary>
    public const string Before = "before the blocks", Block = "a block", Behind = "behind the blocks";

    private const int Rows = 2;
    private const double AnyTime = 999, AnyOfs = 2;

    /// <param name="preset">One of <see cref="RandomCheckpoint.Presets"/>.</param>
    /// <param name="ops">On that device.</param>
    /// <param name="partDone">Told after each part.</param>
    public static DryEvaluation Run(string preset, Ops ops, Action<string> partDone)
    {
        TransformerConfig config = new Preset(preset).ReadTransformer();
        using MemoryScope scope = ops.Scope();
        var transformer = new CogVideoXTransformer(new WeightReader(new WeightList(ops, ops.ActivationType)), config);
        int frames = config.LatentFrames(config.SampleFrames), patch = config.PatchFrames;
        Shape shape = [Rows, (frames + patch - 1) / patch * patch, config.OutChannels, config.SampleHeight, config.SampleWidth];
        var conditions = new Conditions
        {
            Text = ops.Memory.Empty([Rows, config.MaxTextLength, config.TextWidth], ops.ActivationType),
            ImageLatents = config.TakesImage ? ops.Empty(shape) : default,
            Ofs = config.OfsEmbedWidth is null ? null : AnyOfs,
        };
        Tensor latents = ops.Empty(shape), waves = transformer.Waves([AnyTime, AnyTime]), ofsWaves = transformer.OfsWaves(conditions);
        Positions positions = transformer.PositionsOf(shape);
        partDone("");
        (Tensor tokens, Tensor condition) = transformer.Enter(latents, conditions, waves, ofsWaves, positions);
        partDone(Before);
        Tensor next = transformer.RunBlock(0, tokens, config.MaxTextLength, condition, positions, cache: null);
        partDone(Block);
        transformer.Leave(next, config.MaxTextLength, condition, shape, cache: null);
        partDone(Behind);
        return new DryEvaluation(shape, config.SampleFrames, transformer.BlockCount);
    }
}
