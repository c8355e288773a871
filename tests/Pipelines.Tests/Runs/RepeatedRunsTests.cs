using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Runs;

/// <summary>What a run leaves behind, tells, and repeats.</summary>
public sealed class RepeatedRunsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly CogVideoXPipeline pipeline = CogVideoXPipeline.Open(TestModels.Tiny5b);

    public void Dispose()
    {
        pipeline.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(SamplerKind.Ddim)]
    [InlineData(SamplerKind.Dpm)]
    [InlineData(SamplerKind.Euler)]
    [InlineData(SamplerKind.EulerAncestral)]
    [InlineData(SamplerKind.Heun)]
    [InlineData(SamplerKind.UniPc)]
    [InlineData(SamplerKind.Dpm2M)]
    [InlineData(SamplerKind.Dpm2MSde)]
    [InlineData(SamplerKind.Lcm)]
    public void SameRequestGivesTheSameBitsAndLeavesNoTensor(SamplerKind sampler)
    {
        var request = TestModels.Quick with { Sampler = sampler, Steps = 3 };
        float[] first = Generate(request);
        Assert.Equal(0, pipeline.LiveTensors);
        Generate(request with { Prompt = "a blue square", Frames = 1, GuidanceScale = 1 });
        Assert.Equal(first, Generate(request));
        Assert.Equal(0, pipeline.LiveTensors);
    }

    [Fact]
    public void SeedPromptAndDtypeMakeOtherVideos()
    {
        float[] video = Generate(TestModels.Quick);
        Assert.NotEqual(video, Generate(TestModels.Quick with { Seed = 43 }));
        Assert.NotEqual(video, Generate(TestModels.Quick with { Prompt = "a blue square" }));
        Assert.NotEqual(video, Generate(TestModels.Quick with { NegativePrompt = "a blue square" }));
        Assert.NotEqual(video, Generate(TestModels.Quick with { Dtype = NoiseDtype.Bf16 }));
    }

    [Fact]
    public void WithoutGuidanceTheNegativePromptDoesntMatter()
    {
        var request = TestModels.Quick with { GuidanceScale = 1 };
        Assert.Equal(Generate(request), Generate(request with { NegativePrompt = "a blue square" }));
    }

    [Fact]
    public void RunsAtTheSameTimeWaitForEachOther()
    {
        float[] expected = Generate(TestModels.Quick);
        float[][] results = new float[3][];
        Parallel.For(0, results.Length, i => results[i] = Generate(TestModels.Quick));
        Assert.All(results, result => Assert.Equal(expected, result));
    }

    [Fact]
    public void TraceHoldsEmbeddingsAndLatentsOfEveryStep()
    {
        var files = new GenerationFiles { Trace = folder.File("trace.safetensors") };
        pipeline.Generate(TestModels.Quick, files, cancellation: TestContext.Current.CancellationToken);
        using SafetensorsFile trace = SafetensorsFile.Open(files.Trace);
        Assert.Equal(["latents.0", "latents.1", "negative_prompt_embeds", "prompt_embeds"], trace.Names.Order());
        Shape text = [1, 26, 24], latents = [1, 3, 4, 8, 12];
        Assert.Equal(
            (text, text, latents), (trace["prompt_embeds"].Shape, trace["negative_prompt_embeds"].Shape, trace["latents.1"].Shape));
        Assert.NotEqual(trace["latents.0"].ToFloats(), trace["latents.1"].ToFloats());
    }

    [Fact]
    public void TraceWithoutGuidanceHasNoNegativePrompt()
    {
        var files = new GenerationFiles { Trace = folder.File("trace.safetensors") };
        pipeline.Generate(TestModels.Quick with { GuidanceScale = 1 }, files, cancellation: TestContext.Current.CancellationToken);
        using SafetensorsFile trace = SafetensorsFile.Open(files.Trace);
        Assert.DoesNotContain("negative_prompt_embeds", trace.Names);
    }

    [Fact]
    public void ProgressOnlyGrowsAndEndsWhole()
    {
        var told = new List<GenerationProgress>();
        pipeline.Generate(TestModels.Quick, new Watch(told.Add), TestContext.Current.CancellationToken);
        Assert.Equal(
            [GenerationStage.Encode, GenerationStage.Sample, GenerationStage.Decode], told.Select(progress => progress.Stage).Distinct());
        foreach (IGrouping<string, GenerationProgress> stage in told.GroupBy(progress => progress.Stage))
        {
            Assert.Equal(stage.Select(progress => progress.Fraction).Order(), stage.Select(progress => progress.Fraction));
            Assert.Equal((0, 1), (stage.First().Fraction, stage.Last().Fraction));
            Assert.Equal(stage.Last().Steps, stage.Last().Step);
        }
        Assert.Equal(2, told.Last(progress => progress.Stage == GenerationStage.Sample).Steps);
    }

    private float[] Generate(GenerationRequest request) =>
        pipeline.Generate(request, cancellation: TestContext.Current.CancellationToken).Video.Data.ToArray();
}
