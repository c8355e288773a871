using CogVideoX.Pipelines.Reports;

namespace CogVideoX.Pipelines.Tests.Reports;

/// <summary>What <c>bench</c> tells of a run.</summary>
public sealed class BenchReportTests
{
    [Fact]
    public void OperationsAddUpToTheirStages()
    {
        using var pipeline = CogVideoXPipeline.Open(TestModels.Tiny5b, threads: 1, measure: true);
        GenerationPlan plan = pipeline.Plan(TestModels.Quick);
        BenchReport report = Run(pipeline, 100);
        Assert.Equal(
            plan.Stages.Select(stage => (stage.Stage, stage.Flops, stage.Tokens)),
            report.Stages.Select(stage => (stage.Stage, stage.Speed.Flops, stage.Tokens)));
        Assert.All(report.Stages, stage =>
        {
            Assert.True(stage.Operations.Sum(operation => operation.ShareOfStage) is > 0 and <= 1); // how much lies with the machine
            // The plan leaves out what guidance and the sampler compute on latents.
            double ratio = stage.Operations.Sum(operation => operation.Speed.Flops) / (double)stage.Speed.Flops;
            Assert.InRange(ratio, 1, 1.01);
            Assert.Equal(stage.Operations.OrderByDescending(operation => operation.Speed.Seconds), stage.Operations);
        });
        Assert.Equal(report.Whole.Flops, report.Stages.Sum(stage => stage.Speed.Flops));
        Assert.True(report.Whole.Seconds >= report.Stages.Sum(stage => stage.Speed.Seconds));
    }

    // latent frames · rows · columns of patches, behind the text
    [Fact]
    public void TokensAreThoseOfTheSequence()
    {
        using var pipeline = CogVideoXPipeline.Open(TestModels.Tiny5b, threads: 1);
        Assert.Equal([26, 26 + 3 * 4 * 6, 0], pipeline.Plan(TestModels.Quick).Stages.Select(stage => stage.Tokens));
    }

    [Fact]
    public void SharesAreOfTheBetterPeak()
    {
        using var pipeline = CogVideoXPipeline.Open(TestModels.Tiny5b, threads: 1);
        BenchReport report = Run(pipeline, 100, 200);
        Assert.Equal(200, report.PeakGigaflops);
        Assert.Equal(report.Whole.Flops / report.Whole.Seconds / 200e9, report.Whole.ShareOfPeak, 1e-9);
        Assert.All(report.Stages, stage => Assert.Empty(stage.Operations)); // it wasn't opened to measure
    }

    private static BenchReport Run(CogVideoXPipeline pipeline, params double[] peaks)
    {
        int asked = 0;
        return BenchReport.Run(
            pipeline, TestModels.Quick, () => peaks[asked++ % peaks.Length], null, TestContext.Current.CancellationToken);
    }
}
