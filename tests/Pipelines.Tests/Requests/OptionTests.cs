namespace CogVideoX.Pipelines.Tests.Requests;

/// <summary>Numbers that a run can't be made with.</summary>
public sealed class OptionTests : IDisposable
{
    private readonly CogVideoXPipeline pipeline = CogVideoXPipeline.Open(TestModels.Tiny2b, threads: 1);

    public void Dispose() => pipeline.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1001)]
    [InlineData(int.MaxValue)]
    public void StepsOutOfRange(int steps) =>
        Assert.Contains(
            "from 1 to 1000", Refusal.Of(pipeline, TestModels.Quick with { Steps = steps }, nameof(GenerationRequest.Steps)).Message);

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void StepsAtTheEndsOfTheRangeAreTaken(int steps) =>
        Assert.Equal(steps, pipeline.Plan(TestModels.Quick with { Steps = steps }).Settings.Steps);

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(-0.5)]
    [InlineData(1000.5)]
    [InlineData(1e300)]
    public void GuidanceOutOfRange(double scale) =>
        Assert.Contains(
            "from 0 to 1000",
            Refusal.Of(pipeline, TestModels.Quick with { GuidanceScale = scale }, nameof(GenerationRequest.GuidanceScale)).Message);

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(1.01, true)]
    public void GuidanceIsOffUpToOne(double scale, bool guided) =>
        Assert.Equal(guided, pipeline.Plan(TestModels.Quick with { GuidanceScale = scale }).Settings.IsGuided);

    [Fact]
    public void StrongestGuidanceStaysFinite()
    {
        GenerationResult result = pipeline.Generate(
            TestModels.Quick with { GuidanceScale = 1000 }, cancellation: TestContext.Current.CancellationToken);
        Assert.All(result.Video.Data.ToArray(), value => Assert.InRange(value, 0, 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-226)]
    [InlineData(25)]
    [InlineData(27)]
    [InlineData(int.MaxValue)]
    public void AModelWithATableOfPositionsTakesOneSequenceLength(int length) =>
        Assert.Contains("made for 26 tokens", Refused(TestModels.Quick with { MaxSequenceLength = length }));

    [Theory]
    [InlineData(0)]
    [InlineData(-226)]
    [InlineData(4097)]
    [InlineData(int.MaxValue)]
    public void SequenceLengthOutOfRange(int length)
    {
        using CogVideoXPipeline rotary = CogVideoXPipeline.Open(TestModels.Tiny5b);
        GenerationRequest request = TestModels.Quick with { MaxSequenceLength = length };
        Assert.Contains("from 1 to 4096", Refusal.Of(rotary, request, nameof(GenerationRequest.MaxSequenceLength)).Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(25)]
    [InlineData(300)]
    public void AnotherSequenceLengthIsTakenByRotaryPositionsAndSaid(int length)
    {
        using CogVideoXPipeline rotary = CogVideoXPipeline.Open(TestModels.Tiny5b);
        GenerationPlan plan = rotary.Plan(TestModels.Quick with { MaxSequenceLength = length });
        Assert.Equal(length, plan.Settings.MaxSequenceLength);
        Assert.Contains(plan.Warnings, warning => warning.StartsWith($"{length} tokens of text aren't the 26", StringComparison.Ordinal));
    }

    private string Refused(GenerationRequest request) =>
        Refusal.Of(pipeline, request, nameof(GenerationRequest.MaxSequenceLength)).Message;

    [Fact]
    public void AllSeedsAreTaken()
    {
        foreach (ulong seed in (ulong[])[0, ulong.MaxValue])
            Assert.Equal(seed, pipeline.Plan(TestModels.Quick with { Seed = seed }).Settings.Seed);
    }
}
