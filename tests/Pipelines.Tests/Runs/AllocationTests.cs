using System.Runtime;
using CogVideoX.Models;
using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Configuration;
using CogVideoX.Models.Weights;
using CogVideoX.Sampling;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Runs;

/// <summary>A sampling step after the first allocates nothing on the managed heap.</summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests : IDisposable
{
    private const int Steps = 8;

    private readonly GCLatencyMode usualMode = GCSettings.LatencyMode;

    // A background collection counts what a thread hasn't used yet of its block of 8 KB as allocated by it.
    public AllocationTests()
    {
        GCSettings.LatencyMode = GCLatencyMode.Batch;
        GC.Collect(); // one in the background ends before
    }

    public void Dispose() => GCSettings.LatencyMode = usualMode;

    // From the last block of a step to the last block of the next, so that guidance, the sampler and the check of the numbers are in it.
    [Theory]
    [InlineData("2b", SamplerKind.Ddim, 6.0, 1)]
    [InlineData("2b", SamplerKind.Dpm, 1.0, 3)]
    [InlineData("5b", SamplerKind.Ddim, 1.0, 1)]
    [InlineData("5b", SamplerKind.Dpm, 6.0, 3)]
    [InlineData("shapes", SamplerKind.Ddim, 4.0, 1)]
    [InlineData("5b", SamplerKind.Euler, 1.0, 1)]
    [InlineData("5b", SamplerKind.EulerAncestral, 1.0, 1)]
    [InlineData("5b", SamplerKind.Heun, 1.0, 1)]
    [InlineData("5b", SamplerKind.UniPc, 6.0, 3)]
    [InlineData("5b", SamplerKind.Dpm2M, 1.0, 1)]
    [InlineData("5b", SamplerKind.Dpm2MSde, 1.0, 1)]
    [InlineData("5b", SamplerKind.Lcm, 1.0, 1)]
    public void AStepAfterTheFirstAllocatesNothing(string model, SamplerKind sampler, double guidance, int threads)
    {
        using var pipeline = CogVideoXPipeline.Open(model == "shapes" ? TestModels.Shapes : Golden.Path($"checkpoints/{model}"), threads);
        StepsAllocateNothing(pipeline, TestModels.Quick with { Steps = Steps, Sampler = sampler, GuidanceScale = guidance });
    }

    [Fact]
    public void NorDoesAStepWithAdapters()
    {
        var loras = new LoraOptions { Adapters = [new Lora(Golden.Path("lora/style"), 0.6), new Lora(Golden.Path("lora/motion"))] };
        using var pipeline = CogVideoXPipeline.Open(TestModels.Tiny5b, new ComputeOptions { Threads = 3 }, loras);
        StepsAllocateNothing(pipeline, TestModels.Quick with { Steps = Steps });
    }

    [Theory]
    [InlineData("5b", 3)]
    [InlineData("shapes", 1)]
    public void NorDoesAStepInBf16(string model, int threads)
    {
        Assert.SkipUnless(EachDevice.HasCpuBf16, "This processor has no products of bf16.");
        using var pipeline = CogVideoXPipeline.Open(
            model == "shapes" ? TestModels.Shapes : TestModels.Tiny5b,
            new ComputeOptions { Compute = ComputeType.Bf16, Threads = threads });
        StepsAllocateNothing(pipeline, TestModels.Quick with { Steps = Steps });
    }

    [Theory]
    [InlineData("first-block:0.6", SamplerKind.Ddim)]
    [InlineData("first-block:0.6", SamplerKind.Heun)]
    [InlineData("pyramid", SamplerKind.Dpm)]
    public void NorDoesAStepWithACache(string cache, SamplerKind sampler)
    {
        using var pipeline = CogVideoXPipeline.Open(TestModels.Tiny5b, threads: 3);
        StepsAllocateNothing(pipeline, TestModels.Quick with { Steps = Steps, Sampler = sampler, Cache = StepCaching.Parse(cache) });
    }

    private static void StepsAllocateNothing(CogVideoXPipeline pipeline, GenerationRequest request)
    {
        int evaluations = request.Sampler == SamplerKind.Heun ? 2 * Steps - 1 : Steps;
        var counts = new long[evaluations + 1];
        var watch = new Watch(progress =>
        {
            if (progress.Stage == GenerationStage.Sample && counts[progress.Step] == 0)
                counts[progress.Step] = GC.GetAllocatedBytesForCurrentThread();
        });
        pipeline.Generate(request with { Steps = 3 }, watch, TestContext.Current.CancellationToken); // what is made once in a process
        Array.Clear(counts);
        pipeline.Generate(request, watch, TestContext.Current.CancellationToken);
        Assert.Equal(new long[evaluations - 1], counts.Skip(2).Zip(counts.Skip(1), (after, before) => after - before));
    }

    [Fact]
    public void NoThreadAllocates()
    {
        using var team = new AskedTeam(3);
        Ops ops = team.Ops;
        ModelFolder folder = ModelFolder.Open(TestModels.Tiny5b);
        using WeightFiles files = folder.OpenTransformer();
        var transformer = new CogVideoXTransformer(new WeightReader(ops, files), folder.Transformer);
        using MemoryScope scope = ops.Scope();
        var generator = new TorchGenerator(1);
        Tensor latents = generator.Noise(ops, [1, 3, folder.Transformer.InChannels, 8, 12], NoiseType.F32);
        Tensor text = generator.Noise(ops, [1, 26, folder.Transformer.TextWidth], NoiseType.F32);
        var conditions = new Conditions { Text = text };
        transformer.Prepare(latents.Shape);
        var sampler = new DpmSampler(ops, new NoiseSchedule(new NoiseScheduleOptions()), Steps, generator, NoiseType.F32);

        long[][] counts = [.. Enumerable.Range(0, Steps).Select(_ => new long[team.Threads])];
        Sampler.Run(
            ops, sampler, latents, (x, level) => transformer.Forward(x, conditions, [level.Time]),
            step => team.AskAllocatedBytes(counts[step.Index]), cancellation: TestContext.Current.CancellationToken);
        for (int step = 2; step < Steps; step++)
            Assert.Equal(counts[step - 1], counts[step]);
    }
}
