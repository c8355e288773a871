using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Runs;

/// <summary>Embeddings saved, given and refused.</summary>
public sealed class EmbeddingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly CogVideoXPipeline pipeline = CogVideoXPipeline.Open(TestModels.Tiny2b);

    public void Dispose()
    {
        pipeline.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(6)]
    [InlineData(1)]
    public void SavedOnesGiveTheSameVideo(double guidance)
    {
        GenerationRequest request = TestModels.Quick with { GuidanceScale = guidance, NegativePrompt = "blurry" };
        var files = new GenerationFiles { SaveEmbeds = folder.File("text.safetensors") };
        float[] expected = Frames(pipeline, request, files);
        var text = TextEmbeddings.Load(files.SaveEmbeds);
        Assert.Equal(guidance > 1, text.HasNegative);
        var again = new GenerationFiles { SaveEmbeds = folder.File("again.safetensors") };
        Assert.Equal(expected, Frames(pipeline, Given(text) with { GuidanceScale = guidance }, again));
        Assert.Equal(File.ReadAllBytes(files.SaveEmbeds), File.ReadAllBytes(again.SaveEmbeds));
    }

    [Fact]
    public void AFileThatCantBeWrittenAfterAllIsToldOfItsProperty()
    {
        string gone = Directory.CreateDirectory(folder.File("gone")).FullName;
        var files = new GenerationFiles { SaveEmbeds = Path.Combine(gone, "text.safetensors") };
        var watch = new Watch(_ =>
        {
            if (Directory.Exists(gone))
                Directory.Delete(gone);
        });
        var error = Assert.Throws<OutputException>(
            () => pipeline.Generate(TestModels.Quick, files, watch, TestContext.Current.CancellationToken));
        Assert.Equal(nameof(files.SaveEmbeds), error.Property);
        Assert.Contains("text.safetensors can't be written", error.Message);
    }

    [Fact]
    public void ANegativeTextMayStandBesideThem()
    {
        GenerationRequest request = TestModels.Quick with { NegativePrompt = "blurry" };
        TextEmbeddings both = Saved(request);
        var prompt = new TextEmbeddings(both.Prompt.ToArray(), null, both.Shape);
        Assert.Equal(Frames(pipeline, request), Frames(pipeline, Given(prompt) with { NegativePrompt = "blurry" }));
        Assert.Equal(Frames(pipeline, TestModels.Quick), Frames(pipeline, Given(prompt)));
    }

    [Fact]
    public void WithThemTheTextEncoderNeedntBeThere()
    {
        TextEmbeddings text = Saved(TestModels.Quick);
        string model = folder.CopyOf(TestModels.Tiny2b);
        foreach (string file in Directory.GetFiles(Path.Combine(model, "text_encoder"), "*.safetensors*"))
            File.Delete(file);
        using CogVideoXPipeline without = CogVideoXPipeline.Open(model);
        StagePlan encode = without.Plan(Given(text)).Stages[0];
        Assert.Equal((GenerationStage.Encode, 0L, 0L), (encode.Stage, encode.WeightBytes, encode.Flops));
        var files = new GenerationFiles { KeepState = folder.File("run.state") };
        Assert.Equal(Frames(pipeline, TestModels.Quick), Frames(without, Given(text), files));
        Assert.Equal(Frames(pipeline, TestModels.Quick), Frames(without, ResumeState.Load(files.KeepState).ToRequest()));
        Assert.Throws<ModelException>(() => without.Plan(TestModels.Quick));
    }

    [Fact]
    public void ARunThatWasGivenSomeGoesOnWithThem()
    {
        TextEmbeddings both = Saved(TestModels.Quick with { NegativePrompt = "blurry" });
        foreach (TextEmbeddings text in new[] { both, new TextEmbeddings(both.Prompt.ToArray(), null, both.Shape) })
        {
            GenerationRequest request = Given(text) with { Steps = 3, Sampler = SamplerKind.Dpm };
            var files = new GenerationFiles { KeepState = folder.File("run.state") };
            using var source = new CancellationTokenSource();
            var watch = new Watch(progress =>
            {
                if (progress is { Stage: GenerationStage.Sample, Step: 1 })
                    source.Cancel();
            });
            Assert.Throws<CancelledException>(() => pipeline.Generate(request, files, watch, source.Token));
            GenerationRequest rest = ResumeState.Load(files.KeepState).ToRequest();
            Assert.Equal(Frames(pipeline, request), Frames(pipeline, rest));
            Refusal.Of(pipeline, rest with { Embeds = text }, nameof(rest.Embeds));
            Refusal.Of(pipeline, rest with { Prompt = "a cat" }, nameof(rest.Prompt));
        }
    }

    [Fact]
    public void ATextBesideThemIsRefused()
    {
        TextEmbeddings text = Saved(TestModels.Quick);
        Refuse(Given(text) with { Prompt = "a cat" }, nameof(GenerationRequest.Prompt), "leave one of the two out");
        Refuse(Given(text) with { NegativePrompt = "blurry" }, nameof(GenerationRequest.NegativePrompt), "leave one of the two out");
        Refuse(Given(text) with { MaxSequenceLength = 20 }, nameof(GenerationRequest.MaxSequenceLength), "of 26 tokens");
    }

    [Fact]
    public void ThoseOfAnotherModelAreRefused()
    {
        Refuse(Given(new TextEmbeddings(new float[26 * 16], null, [1, 26, 16])), nameof(GenerationRequest.Embeds), "[1, T, 24]");
        Refuse(Given(new TextEmbeddings(new float[9 * 24], null, [1, 9, 24])), nameof(GenerationRequest.Embeds), "made for 26 tokens");
    }

    [Fact]
    public void WhatIsNoneIsRefused()
    {
        Assert.Throws<ArgumentException>(() => new TextEmbeddings(new float[6], null, [2, 3]));
        Assert.Throws<ArgumentException>(() => new TextEmbeddings(new float[6], null, [1, 2, 4]));
        Assert.Throws<ArgumentException>(() => new TextEmbeddings(new float[6], new float[3], [1, 2, 3]));
        Assert.Throws<ArgumentException>(() => new TextEmbeddings([float.NaN], null, [1, 1, 1]));
        Unread("no tensor 'prompt_embeds'", EditedWeights.Zeros("latents", DType.F32, [1, 2, 3]));
        Unread("not F32 [1, T, text width]", EditedWeights.Zeros("prompt_embeds", DType.F32, [2, 3]));
        Unread("not F32 [1, T, text width]", EditedWeights.Zeros("prompt_embeds", DType.I32, [1, 2, 3]));
        Unread("not F32 [1, T, text width]", EditedWeights.Zeros("prompt_embeds", DType.F32, [2, 2, 3]));
        Unread(
            "have to be alike", EditedWeights.Zeros("prompt_embeds", DType.F32, [1, 2, 3]),
            EditedWeights.Zeros("negative_prompt_embeds", DType.F32, [1, 1, 3]));
        Unread("NaN", EditedWeights.Of("prompt_embeds", DType.F32, [1, 1, 1], BitConverter.GetBytes(float.NaN)));
        Assert.Equal("path", Assert.Throws<RequestException>(() => TextEmbeddings.Load(folder.File("missing"))).Property);

        void Unread(string says, params TensorSource[] tensors)
        {
            string file = folder.File("other.safetensors");
            SafetensorsWriter.Write(file, tensors);
            RequestException refusal = Assert.Throws<RequestException>(() => TextEmbeddings.Load(file));
            Assert.Equal("path", refusal.Property);
            Assert.Contains(says, refusal.Message);
        }
    }

    [Fact]
    public void APlaceThatCantBeWrittenIsRefusedBeforeTheRun() => Refusal.Of(
        pipeline, TestModels.Quick, nameof(GenerationFiles.SaveEmbeds), new GenerationFiles { SaveEmbeds = folder.File("no/text") });

    private void Refuse(GenerationRequest request, string property, string says) =>
        Assert.Contains(says, Refusal.Of(pipeline, request, property).Message);

    private static GenerationRequest Given(TextEmbeddings text) => TestModels.Quick with { Prompt = "", Embeds = text };

    private TextEmbeddings Saved(GenerationRequest request)
    {
        var files = new GenerationFiles { SaveEmbeds = folder.File("saved.safetensors") };
        Frames(pipeline, request, files);
        return TextEmbeddings.Load(files.SaveEmbeds);
    }

    private static float[] Frames(CogVideoXPipeline pipeline, GenerationRequest request, GenerationFiles? files = null) =>
        pipeline.Generate(request, files ?? GenerationFiles.None, cancellation: TestContext.Current.CancellationToken).Video.Data.ToArray();
}
