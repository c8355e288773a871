using CogVideoX.Pipelines;

namespace CogVideoX.Cli.Tests;

/// <summary>The words beside the bars.</summary>
public sealed class ProgressDisplayTests
{
    [Theory]
    [InlineData(0, 0, 0, "step 1/50")]
    [InlineData(0, 0.01, 1, "step 1/50 · 1 min 39 s left")]
    [InlineData(10, 0.2, 10, "step 11/50 · 1.0 s a step · 40.0 s left")]
    [InlineData(49, 0.99, 99, "step 50/50 · 2.0 s a step · 1.0 s left")]
    [InlineData(50, 1, 5000, "50 steps · 1 min 40 s a step · 1 h 23 min")]
    public void StepsAreCounted(int step, double fraction, double seconds, string expected) =>
        Assert.Equal(expected, ProgressDisplay.Describe(new GenerationProgress(GenerationStage.Sample, step, 50, fraction, TimeSpan.FromSeconds(seconds))));

    [Theory]
    [InlineData(0, 0, "")]
    [InlineData(0.5, 3, "3.0 s left")]
    [InlineData(1, 6, "6.0 s")]
    public void StageOfOneStepHasNone(double fraction, double seconds, string expected) =>
        Assert.Equal(expected, ProgressDisplay.Describe(new GenerationProgress(GenerationStage.Decode, (int)fraction, 1, fraction, TimeSpan.FromSeconds(seconds))));
}
