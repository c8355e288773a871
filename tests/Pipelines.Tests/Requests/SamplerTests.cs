using System.Text.Json;
using CogVideoX.Pipelines.Media;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Requests;

/// <summary>Which samplers there are, what they are called, and what is said of them.</summary>
public sealed class SamplerTests : IDisposable
{
    private readonly CogVideoXPipeline pipeline = CogVideoXPipeline.Open(TestModels.Tiny5b, threads: 1);

    public void Dispose() => pipeline.Dispose();

    [Fact]
    public void EachHasALineInTheTableAndAWordOfItsOwn()
    {
        Assert.Equal(Enum.GetValues<SamplerKind>(), SamplerTable.All.Select(entry => entry.Kind));
        Assert.Equal(
            ["ddim", "dpm", "euler", "euler-ancestral", "heun", "unipc", "dpm++2m", "dpm++2m-sde", "lcm"],
            SettingWords.All(typeof(SamplerKind)));
    }

    [Fact]
    public void WordsStandInMetadataAndOnTheWire()
    {
        foreach (SamplerTable entry in SamplerTable.All)
        {
            GenerationSettings settings = pipeline.Plan(TestModels.Quick with { Sampler = entry.Kind }).Settings;
            GenerationMetadata metadata = settings.ToMetadata("5b");
            Assert.Equal(entry.Word, metadata.Settings["sampler"]!.GetValue<string>());
            Assert.Equal(settings, GenerationSettings.From(metadata));
            string json = JsonSerializer.Serialize(TestModels.Quick with { Sampler = entry.Kind });
            Assert.Equal(entry.Kind, JsonSerializer.Deserialize<GenerationRequest>(json)!.Sampler);
            Assert.Contains($"\"{JsonEncodedText.Encode(entry.Word)}\"", json);
        }
    }

    [Fact]
    public void HeunAsksTheModelTwiceAStepAndThePlanCountsIt()
    {
        double euler = SamplingFlops(SamplerKind.Euler), heun = SamplingFlops(SamplerKind.Heun);
        Assert.InRange(heun / euler, 1.89, 1.91); // 19 evaluations

        double SamplingFlops(SamplerKind sampler)
        {
            GenerationPlan plan = pipeline.Plan(TestModels.Quick with { Sampler = sampler, Steps = 10 });
            return plan.Stages.Single(stage => stage.Stage == GenerationStage.Sample).Flops;
        }
    }

    [Fact]
    public void HeunInFewStepsIsWarnedOf()
    {
        string warning = Assert.Single(pipeline.Plan(TestModels.Quick with { Sampler = SamplerKind.Heun, Steps = 39 }).Warnings);
        Assert.Equal(
            "The heun sampler is useless in 39 steps where a run begins with noise alone, as this model's do: "
            + "choose dpm++2m or unipc, or 40 steps or more.",
            warning);
        Assert.Empty(pipeline.Plan(TestModels.Quick with { Sampler = SamplerKind.Heun, Steps = 40 }).Warnings);
        Assert.Empty(pipeline.Plan(TestModels.Quick with { Sampler = SamplerKind.Euler, Steps = 2 }).Warnings);
    }

    [Fact]
    public void HeunIsNotWarnedOfWhereRunsBeginWithSomeSignal()
    {
        using var folder = new TemporaryFolder();
        using CogVideoXPipeline plain = Edited(folder, "\"rescale_betas_zero_snr\": true", "\"rescale_betas_zero_snr\": false");
        Assert.Empty(plain.Plan(TestModels.Quick with { Sampler = SamplerKind.Heun, Steps = 5 }).Warnings);
    }

    [Fact]
    public void LcmTakesFewSteps()
    {
        var request = TestModels.Quick with { Sampler = SamplerKind.Lcm };
        Assert.Contains(
            "51 steps can't be taken with lcm; choose from 1 to 50",
            Refusal.Of(pipeline, request with { Steps = 51 }, nameof(GenerationRequest.Steps)).Message);
        Assert.Equal(50, pipeline.Plan(request with { Steps = 50 }).Settings.Steps);
    }

    [Fact]
    public void LcmNeedsTheLevelsThatItChoosesFrom()
    {
        using var folder = new TemporaryFolder();
        using CogVideoXPipeline coarse = Edited(folder, "\"num_train_timesteps\": 1000", "\"num_train_timesteps\": 40");
        Assert.Contains(
            "lcm needs a model of 50 noise levels or more, and this one has 40",
            Refusal.Of(coarse, TestModels.Quick with { Sampler = SamplerKind.Lcm }, nameof(GenerationRequest.Sampler)).Message);
    }

    // A run that ends at noise level 0 rather than clean: Heun asks the model there, too.
    [Theory]
    [InlineData(SamplerKind.Heun, 6)]
    [InlineData(SamplerKind.UniPc, 3)]
    public void ARunMayEndWithNoise(SamplerKind sampler, int evaluations)
    {
        using var folder = new TemporaryFolder();
        using CogVideoXPipeline noisy = Edited(folder, "\"set_alpha_to_one\": true", "\"set_alpha_to_one\": false");
        int asked = 0;
        noisy.OutputObserver = (_, _) => asked++;
        noisy.Generate(TestModels.Quick with { Sampler = sampler, Steps = 3 }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(evaluations, asked);
    }

    private static CogVideoXPipeline Edited(TemporaryFolder folder, string written, string edited)
    {
        string model = folder.CopyOf(TestModels.Tiny5b), file = Path.Combine(model, "scheduler", "scheduler_config.json");
        string config = File.ReadAllText(file);
        Assert.Contains(written, config);
        File.WriteAllText(file, config.Replace(written, edited));
        return CogVideoXPipeline.Open(model, threads: 1);
    }
}
