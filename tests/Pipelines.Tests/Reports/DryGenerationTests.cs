using CogVideoX.Pipelines.Checkpoints;
using CogVideoX.Pipelines.Reports;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines.Tests.Reports;

/// <summary>What a generation of an architecture computes, run dry.</summary>
public sealed class DryGenerationTests
{
    public static TheoryData<string> Presets => [.. RandomCheckpoint.Presets];

    // A block of the text encoder and a decoding beside the transformer's evaluation; nothing stays.
    [Theory]
    [MemberData(nameof(Presets))]
    public void EachArchitectureRunsDry(string preset)
    {
        using Ops evaluated = Ops.Planning(), generated = Ops.Planning();
        DryEvaluation.Run(preset, evaluated, _ => { });
        DryGeneration.Run(preset, generated);
        Assert.True(generated.PlannedFlops > 1.1 * evaluated.PlannedFlops);
        Assert.Equal(0, generated.Memory.LiveBytes);
    }
}
