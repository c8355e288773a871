using System.Text.Json;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Tasks;

/// <summary>
/// Texts of other lengths, and embeddings in place of texts, against diffusers: whole runs of tiny checkpoints (tests/Goldens/tasks).
/// </summary>
public sealed class TextGoldenTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("text-given", "cpu3")]
    [InlineData("text-given", "apart")]
    [InlineData("text-long", "cpu3")]
    [InlineData("text-shorter-5b", "cpu3")]
    [InlineData("text-shorter-5b", "apart")]
    [InlineData("text-shorter-1.5", "cpu3")]
    [InlineData("text-longer-5b", "cpu3")]
    public void ATextAgreesAtEveryStage(string name, string device)
    {
        string[] compared = Compare(name, device, Text(name));
        Assert.Equal(
            ["latents.0", "latents.1", "negative_prompt_embeds", "noise_pred.0", "noise_pred.1", "prompt_embeds", "start_latents"],
            compared.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("cpu3")]
    [InlineData("apart")]
    public void EmbeddingsAgree(string device)
    {
        GenerationRequest request = Text("text-as-embeddings") with { Embeds = Given("text-given", withNegative: true) };
        Assert.Equal(["latents.0", "latents.1"], Compare("text-as-embeddings", device, request).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("cpu3")]
    [InlineData("apart")]
    public void WithoutNegativeEmbeddingsTheNegativeIsTheEmptyText(string device)
    {
        GenerationRequest request = Text("text-embeddings-without-negative") with { Embeds = Given("text-given", withNegative: false) };
        Assert.Equal(
            ["latents.0", "latents.1", "noise_pred.0"],
            Compare("text-embeddings-without-negative", device, request).Order(StringComparer.Ordinal));
    }

    // A batch of two through embeddings: the text against its negative, and the negative against itself.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void ABatchOfEmbeddingsAgrees(int row)
    {
        TextEmbeddings given = Given("text-given", withNegative: true);
        var request = Text("text-embeddings-batch") with
        {
            Embeds = row == 0 ? given : new TextEmbeddings(given.Negative.ToArray(), given.Negative.ToArray(), given.Shape),
            BatchSize = 2,
            BatchRow = row,
        };
        using SafetensorsFile goldens = GoldenCase.Of(GoldenCase.Tasks, "text-embeddings-batch").Open();
        var comparison = new RowComparison("text-embeddings-batch", goldens, row, rows: 2, isGuided: true);
        using var pipeline = CogVideoXPipeline.Open(TestModels.Tiny5b);
        pipeline.StageObserver = (stage, tensor) => comparison.Compare(stage, tensor, Agree.Module);
        var files = new GenerationFiles { Trace = folder.File("trace.safetensors") };
        GenerationResult result = pipeline.Generate(request, files, cancellation: TestContext.Current.CancellationToken);
        using SafetensorsFile trace = SafetensorsFile.Open(files.Trace);
        foreach (string kept in trace.Names)
            comparison.Compare(kept, trace[kept], Agree.Pipeline);
        comparison.Finish(result.Video);
    }

    // The reference takes the empty text for a prompt, where we ask for one. As embeddings it is the same.
    [Fact]
    public void TheEmptyTextAgreesAsEmbeddings() =>
        Compare("text-empty", "cpu3", Text("text-empty") with { Embeds = Given("text-empty", withNegative: true) });

    [Fact]
    public void ALongTextIsCutAtAnyLength()
    {
        using LoadedModel model = LoadedModel.Open(TestModels.Tiny5b);
        using JsonDocument cases = JsonDocument.Parse(File.ReadAllBytes(Golden.Path("tasks/text_ids.json")));
        foreach (JsonElement golden in cases.RootElement.EnumerateArray())
        {
            int length = golden.GetProperty("max_sequence_length").GetInt32();
            int[] expected = [.. golden.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            Assert.Equal(expected, model.Tokenizer.EncodePadded(golden.GetProperty("text").GetString()!, length).Ids);
        }
    }

    private string[] Compare(string name, string device, GenerationRequest request)
    {
        var golden = GoldenCase.Of(GoldenCase.Tasks, name);
        using SafetensorsFile goldens = golden.Open();
        using var pipeline = CogVideoXPipeline.Open(
            golden.Checkpoint, new ComputeOptions { Device = EachDevice.Source(device), Compute = ComputeType.Fp32 });
        var compared = new HashSet<string>();
        pipeline.StageObserver = (stage, tensor) => CompareOne(stage, tensor, Agree.Module);
        pipeline.OutputObserver = (step, prediction) => CompareOne($"noise_pred.{step}", prediction, Agree.Pipeline);
        var files = new GenerationFiles { Trace = folder.File("trace.safetensors") };
        pipeline.Generate(request, files, cancellation: TestContext.Current.CancellationToken);
        using SafetensorsFile trace = SafetensorsFile.Open(files.Trace);
        foreach (string kept in trace.Names)
            CompareOne(kept, trace[kept], kept.EndsWith("_embeds", StringComparison.Ordinal) ? Agree.Module : Agree.Pipeline);
        return [.. compared];

        void CompareOne(string kept, Tensor tensor, double tolerance)
        {
            if (!goldens.TryGet(kept, out Tensor reference))
                return;
            Agree.With(reference, tensor, $"{name} {kept}", tolerance);
            compared.Add(kept);
        }
    }

    private static TextEmbeddings Given(string run, bool withNegative)
    {
        using SafetensorsFile file = GoldenCase.Of(GoldenCase.Tasks, run).Open();
        Tensor prompt = file["prompt_embeds"];
        return new TextEmbeddings(prompt.ToFloats(), withNegative ? file["negative_prompt_embeds"].ToFloats() : null, prompt.Shape);
    }

    private static GenerationRequest Text(string name) => GoldenCase.Of(GoldenCase.Tasks, name).Request();
}
