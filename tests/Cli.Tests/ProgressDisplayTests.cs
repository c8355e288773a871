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
        Assert.Equal(expected, ProgressDisplay.Describe(Sampling(step, fraction, seconds)));

    [Theory]
    [InlineData(10, 0.2, 10, "11/50 · 40.0 s left")]
    [InlineData(50, 1, 5, "5.0 s")]
    public void NarrowTerminalsGetWhatIsMostNeeded(int step, double fraction, double seconds, string expected) =>
        Assert.Equal(expected, ProgressDisplay.Describe(Sampling(step, fraction, seconds), brief: true));

    [Theory]
    [InlineData(0, "0 ms")]
    [InlineData(0.025, "25 ms")]
    [InlineData(0.0994, "99 ms")]
    [InlineData(0.0995, "0.1 s")]
    [InlineData(59.94, "59.9 s")]
    [InlineData(59.96, "1 min 0 s")]
    [InlineData(61, "1 min 1 s")]
    [InlineData(3600, "1 h 0 min")]
    public void DurationsHaveTheUnitThatShowsThem(double seconds, string expected) =>
        Assert.Equal(expected, ProgressDisplay.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(10, 0, "")]
    [InlineData(20, 8, "")]
    [InlineData(26, 14, "")]
    [InlineData(27, 0, "3/4 · 12 s left")]
    [InlineData(36, 8, "3/4 · 12 s left")]
    [InlineData(45, 17, "3/4 · 12 s left")]
    [InlineData(60, 14, "step 3/4 · 2 s a step · 12 s left")]
    [InlineData(200, 24, "step 3/4 · 2 s a step · 12 s left")]
    public void LineFitsEveryTerminal(int width, int bar, string details)
    {
        const string Name = "sample";
        (int Bar, string Details) fit = ProgressLine.Fit(width, Name, ["step 3/4 · 2 s a step · 12 s left", "3/4 · 12 s left"]);
        Assert.Equal((bar, details), fit);
        int percent = " 100%".Length, spaces = (fit.Bar > 0 ? 1 : 0) + (fit.Details.Length > 0 ? 1 : 0);
        Assert.True(width < 11 || Name.Length + percent + spaces + fit.Bar + fit.Details.Length <= width);
    }

    [Theory]
    [InlineData(0, 0, "")]
    [InlineData(0.5, 3, "3.0 s left")]
    [InlineData(1, 6, "6.0 s")]
    public void StageOfOneStepHasNone(double fraction, double seconds, string expected) =>
        Assert.Equal(expected, ProgressDisplay.Describe(Decoding(fraction, seconds)));

    private static GenerationProgress Decoding(double fraction, double seconds) =>
        new(GenerationStage.Decode, (int)fraction, 1, fraction, TimeSpan.FromSeconds(seconds));

    private static GenerationProgress Sampling(int step, double fraction, double seconds) =>
        new(GenerationStage.Sample, step, 50, fraction, TimeSpan.FromSeconds(seconds));
}
