using CogVideoX.Models;
using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Configuration;
using CogVideoX.Models.Weights;
using CogVideoX.Pipelines.Checkpoints;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines.Tests.Planning;

/// <summary>What a recording takes at the sizes of released models: on a planning device, in which nothing is held.</summary>
public sealed class RecordedMemoryTests(ITestOutputHelper output)
{
    // The least that there can be is the sum of what lives at once, which an evaluation takes whose tensors are given and taken back.
    [Theory]
    [InlineData("2b")]
    [InlineData("5b")]
    [InlineData("1.5-5b-i2v")]
    public void ARecordingTakesHardlyMoreThanAnEvaluationDoes(string preset)
    {
        TransformerConfig config = new Preset(preset).ReadTransformer();
        using var ops = Ops.Planning(DeviceSpec.Cards[0]);
        using MemoryScope scope = ops.Scope();
        var transformer = new CogVideoXTransformer(new WeightReader(new WeightList(ops, DType.BF16)), config);
        int frames = config.LatentFrames(config.SampleFrames), patch = config.PatchFrames;
        Shape shape = [2, (frames + patch - 1) / patch * patch, config.OutChannels, config.SampleHeight, config.SampleWidth];
        var conditions = new Conditions
        {
            Text = ops.Memory.Empty([2, config.MaxTextLength, config.TextWidth], DType.BF16),
            ImageLatents = config.TakesImage ? ops.Empty(shape) : default,
            Ofs = config.OfsEmbedWidth is null ? null : 2,
        };
        Tensor latents = ops.Empty(shape);
        transformer.Prepare(shape);
        long before = ops.Memory.LiveBytes;
        ops.Memory.ResetPeak();
        ops.Memory.Release(transformer.Forward(latents, conditions, [999, 999]));
        long plain = ops.Memory.PeakBytes - before;
        using RecordedEvaluations recorded = transformer.Record(scope, conditions, shape, cache: null);
        long taken = ops.Memory.LiveBytes - before;
        output.WriteLine($"{preset}: launch by launch {plain / 1e6:F1} MB, recorded {taken / 1e6:F1} MB");
        Assert.InRange(taken, plain, (long)(1.025 * plain));
    }
}
