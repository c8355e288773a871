using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Loading;

/// <summary>What is said of a checkpoint that loads but isn't as it should be, and that its videos are the same.</summary>
public sealed class LoadedModelTests : IDisposable
{
    private const string Weights = "transformer/diffusion_pytorch_model.safetensors";

    private readonly TemporaryFolder folder = new();
    private readonly string model;

    public LoadedModelTests() => model = folder.CopyOf(TestModels.Tiny2b);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void CheckpointsAsTheyShouldBeGiveNoNotes()
    {
        foreach (string path in new[] { TestModels.Shapes, TestModels.Tiny2b, TestModels.Tiny5b })
        {
            using var loaded = LoadedModel.Open(path);
            Assert.Empty(loaded.Notes);
        }
    }

    [Fact]
    public void NotesOfEveryPartAreGathered()
    {
        string scheduler = In("scheduler/scheduler_config.json");
        File.WriteAllText(
            scheduler, File.ReadAllText(scheduler).Replace("CogVideoXDDIMScheduler", "CogVideoXDPMScheduler", StringComparison.Ordinal));
        AddExtra(In(Weights));
        AddExtra(In("vae/diffusion_pytorch_model.safetensors"));
        AddExtra(Directory.GetFiles(In("text_encoder"), "*-00002-*")[0]);
        using var loaded = LoadedModel.Open(model);
        Assert.Equal(5, loaded.Notes.Count); // an index that doesn't list the extra tensor is one more
        Assert.StartsWith(scheduler, loaded.Notes[0]);
        Assert.Contains(loaded.Notes, note => note.StartsWith($"{In(Weights)}: 1 tensor is not used", StringComparison.Ordinal));
        Assert.Contains(
            loaded.Notes,
            note => note.StartsWith($"{In("vae/diffusion_pytorch_model.safetensors")}: 1 tensor is not used", StringComparison.Ordinal));
        string ofTextEncoder = Assert.Single(loaded.Notes, note =>
            note.StartsWith(In("text_encoder"), StringComparison.Ordinal) && note.Contains("is not used", StringComparison.Ordinal));
        Assert.Contains("1 tensor is not used", ofTextEncoder);
        loaded.CloseTextEncoder();
        Assert.Equal(5, loaded.Notes.Count);
    }

    [Fact]
    public void WeightsStoredAsF64GiveTheSameVideoAndCountInThePlan()
    {
        (GenerationPlan plan, float[] video) = Run(TestModels.Tiny2b);
        foreach (string file in Directory.GetFiles(model, "*.safetensors", SearchOption.AllDirectories))
        {
            EditedWeights.Edit(file, tensors =>
            {
                foreach (string name in tensors.Keys.ToArray())
                    tensors[name] = EditedWeights.AsDoubles(tensors[name]);
            });
        }
        (GenerationPlan doubled, float[] same) = Run(model);
        Assert.Equal(video, same);
        Assert.Equal(NoiseDtype.Fp32, doubled.Settings.Dtype);
        for (int stage = 0; stage < plan.Stages.Count; stage++)
        {
            Assert.Equal(2 * plan.Stages[stage].WeightBytes, doubled.Stages[stage].WeightBytes);
            Assert.True(doubled.Stages[stage].ActivationBytes >= plan.Stages[stage].ActivationBytes + plan.Stages[stage].WeightBytes);
        }
    }

    [Fact]
    public void TheTypeOfTheNoiseFollowsWhatIsUsed()
    {
        EditedWeights.Edit(In(Weights), tensors => tensors["ema.all"] = EditedWeights.Zeros("ema.all", DType.BF16, [4_000_000]));
        using var loaded = LoadedModel.Open(model);
        Assert.Equal(DType.F32, loaded.TransformerType);
    }

    [Fact]
    public void AFileWithoutTensorsIsRefusedAsOneThatLacksThem()
    {
        SafetensorsWriter.Write(In(Weights), Array.Empty<TensorSource>());
        using var loaded = LoadedModel.Open(model);
        Assert.Contains("'patch_embed.proj.weight' is missing", Assert.Throws<ModelException>(() => loaded.TransformerType).Message);
        Assert.Contains("'patch_embed.proj.weight' is missing", Assert.Throws<ModelException>(() => loaded.Notes).Message);
    }

    [Fact]
    public void FoldersOfAnyLanguageWork()
    {
        string named = folder.File("模型 é");
        Directory.Move(model, named);
        (_, float[] video) = Run(named);
        Assert.Equal(Run(TestModels.Tiny2b).Video, video);
    }

    private static void AddExtra(string file) => EditedWeights.Edit(file, tensors =>
        tensors["extra"] = EditedWeights.Zeros("extra", DType.F32, [3]));

    private static (GenerationPlan Plan, float[] Video) Run(string path)
    {
        using var pipeline = CogVideoXPipeline.Open(path, threads: 1);
        GenerationResult result = pipeline.Generate(TestModels.Quick, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(0, pipeline.LiveTensors);
        return (pipeline.Plan(TestModels.Quick), result.Video.Data.ToArray());
    }

    private string In(string file) => Path.Combine(model, file);
}
