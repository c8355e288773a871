using System.Text.Json;
using CogVideoX.Models;
using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Configuration;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Caching;

/// <summary>Runs with caches against the reference's: what each evaluation gives, and which of them computed what.</summary>
public sealed class CacheGoldenTests
{
    private static readonly string[] Names =
        [CacheGoldens.None, CacheGoldens.FirstBlock, CacheGoldens.FirstBlockMore, CacheGoldens.Pyramid];

    public static TheoryData<string> Runs => [.. Names];

    // On the emulator, the first four evaluations: each case has one among them that reuses something.
    public static TheoryData<string, string, int> Evaluations()
    {
        var cases = new TheoryData<string, string, int>();
        foreach (string device in EachDevice.ModelNames)
        {
            foreach (string name in Names.Skip(1))
                cases.Add(name, device, device == EachDevice.Emulator ? 4 : 8);
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void ARunAgreesAtEveryStep(string name)
    {
        using var folder = new TemporaryFolder();
        using SafetensorsFile goldens = Golden.Open($"tasks/runs/{name}.safetensors");
        using var pipeline = CogVideoXPipeline.Open(TestModels.Tiny5b);
        int predictions = 0;
        pipeline.OutputObserver = (index, output) =>
        {
            Agree.With(goldens[$"noise_pred.{index}"], output, $"{name} transformer output at step {index}", Agree.Pipeline);
            predictions++;
        };
        GenerationRequest request = CacheGoldens.Request(name);
        var files = new GenerationFiles { Trace = folder.File("trace.safetensors") };
        GenerationResult result = pipeline.Generate(request, files, cancellation: TestContext.Current.CancellationToken);
        using SafetensorsFile trace = SafetensorsFile.Open(files.Trace);
        for (int step = 0; step < request.Steps; step++)
            Agree.With(goldens[$"latents.{step}"], trace[$"latents.{step}"], $"{name} latents after step {step}", Agree.Pipeline);
        Assert.Equal(request.Steps, predictions);
        bool[] reused = CacheGoldens.Reused(name);
        Assert.Equal(
            name == CacheGoldens.None ? null : new StepCacheUse(reused.Length, reused.Count(isReused => isReused)), result.Cache);
    }

    // Each with the reference's own latents, so that no difference is carried on.
    [Theory]
    [MemberData(nameof(Evaluations))]
    public void EachEvaluationReusesAndGivesWhatTheReferencesDoes(string name, string device, int count)
    {
        using SafetensorsFile goldens = Golden.Open($"tasks/runs/{name}.safetensors");
        using Ops ops = EachDevice.Open(device);
        using MemoryScope scope = ops.Scope();
        var model = ModelFolder.Open(TestModels.Tiny5b);
        using WeightFiles weights = model.OpenTransformer();
        var transformer = new CogVideoXTransformer(new WeightReader(ops, weights), model.Transformer);
        var conditions = new Conditions
        {
            Text = ops.Concat(ops.Load(goldens, "negative_prompt_embeds"), ops.Load(goldens, "prompt_embeds"), 0),
        };
        Tensor latents = ops.Load(goldens, "start_latents");
        StepCache cache = CacheGoldens.Caching(name).For(transformer, latents.Shape.With(0, 2), conditions.Text.Shape[1])!;
        double[] times = CacheGoldens.Case(name).Timesteps;
        bool[] reused = CacheGoldens.Reused(name);
        Assert.Contains(true, reused.Take(count));
        for (int index = 0; index < count; index++)
        {
            int before = cache.Reusing;
            Tensor output = transformer.Forward(ops.Concat(latents, latents, 0), conditions, [times[index], times[index]], cache: cache);
            Agree.With(goldens[$"noise_pred.{index}"], output, $"{name} evaluation {index}");
            Assert.Equal(reused[index], cache.Reusing > before);
            if (cache is FirstBlockCache { Change: var change } && Expected(index) is { } expected)
                Assert.Equal(expected, change, 1e-5 * expected);
            latents = ops.Load(goldens, $"latents.{index}");
        }
        Assert.Equal(count, cache.Evaluations);

        double? Expected(int index)
        {
            JsonElement change = CacheGoldens.Case(name).Get("relative_change_of_the_first_residual")[index];
            return change.ValueKind == JsonValueKind.Null ? null : change.GetDouble();
        }
    }
}
