using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Loras;

/// <summary>Adapters that can't be used are refused when a pipeline is opened.</summary>
public sealed class LoraOptionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("style", "style", 1)]
    [InlineData("style:0.5", "style", 0.5)]
    [InlineData("C:\\loras\\style", "C:\\loras\\style", 1)]
    [InlineData("C:\\loras\\style:-1e-1", "C:\\loras\\style", -0.1)]
    [InlineData("a:b/c:d", "a:b/c:d", 1)]
    [InlineData("take:2:1", "take:2", 1)]
    [InlineData("style:0,5", "style:0,5", 1)]
    [InlineData(":1", ":1", 1)]
    [InlineData("style:", "style:", 1)]
    [InlineData("style:alpha=2", "style", 1, 2.0)]
    [InlineData("style:0.5:alpha=-1e-1", "style", 0.5, -0.1)]
    [InlineData("take:2:1:alpha=8", "take:2", 1, 8.0)]
    [InlineData("style:alpha=2:0.5", "style:alpha=2", 0.5)]
    [InlineData("style:alpha=two", "style:alpha=two", 1)]
    [InlineData("style:Alpha=2", "style:Alpha=2", 1)]
    [InlineData(":alpha=2", ":alpha=2", 1)]
    public void TextsNameAFileAScaleAndAnAlpha(string text, string path, double scale, double? alpha = null)
    {
        var lora = new Lora(path, scale) { Alpha = alpha };
        Assert.Equal(lora, Lora.Parse(text));
        Assert.Equal(lora, Lora.Parse(lora.ToString()));
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("nowhere.safetensors", "nowhere.safetensors doesn't exist")]
    [InlineData("checkpoints/5b", "has neither pytorch_lora_weights.safetensors nor adapter_model.safetensors")]
    [InlineData("lora/cases.json", "isn't a safetensors file")]
    [InlineData("lora/foreign/refuse/nan.safetensors", "NaN or infinity")]
    [InlineData("lora/foreign/refuse/wrong-width.safetensors", "was made for another model")]
    [InlineData("lora/foreign/refuse/other-model.safetensors", "it was made for Flux or HunyuanVideo")]
    public void RefusesWhatCantBeUsedAtTheDoor(string path, string says)
    {
        RequestException refusal = Refused(new LoraOptions { Adapters = [new Lora(path.Length == 0 ? "" : Golden.Path(path))] });
        Assert.Contains(says, refusal.Message);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(1e40)]
    public void RefusesScalesThatCantBe(double scale) =>
        Assert.Contains("scale", Refused(new LoraOptions { Adapters = [new Lora(Golden.Path("lora/style"), scale)] }).Message);

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-1.5e6)]
    public void RefusesAlphasThatCantBe(double alpha) => Assert.Contains(
        "it is a number from -1e6 to 1e6", Refused(new() { Adapters = [new Lora(Golden.Path("lora/style")) { Alpha = alpha }] }).Message);

    // The sentence of a plan says what counts, and what doesn't.
    [Theory]
    [InlineData("lora/style", 8.0, "scale 0.5: factor 1 (rank 4, alpha 8 as asked, in place of that from adapter.json) on 8 layers.")]
    [InlineData("lora/drift", 10.0, "factor 1 (rank 5, alpha 10 as asked) on ", "2b")]
    [InlineData("lora/foreign/sat/style.safetensors", null, "factor 0.125 (rank 4, alpha 1 from SAT's default) on 8 layers.")]
    public void WhereAlphaIsFromIsSaid(string path, double? alpha, string says, string kind = "5b")
    {
        var lora = new Lora(Golden.Path(path), 0.5) { Alpha = alpha };
        using var pipeline = CogVideoXPipeline.Open(
            Golden.Path($"checkpoints/{kind}"), ComputeOptions.Default, new LoraOptions { Adapters = [lora] });
        IReadOnlyList<string> notes = pipeline.Plan(TestModels.Quick).Notes;
        Assert.Contains(notes, note => note.Contains(says));
        const string BaseWeights = "LoRA style came with 5 weights that it was trained over; they are ignored, the model's own count.";
        Assert.Equal(path.Contains("sat/"), notes.Contains(BaseWeights));
    }

    [Fact]
    public void KeysThatFitNoLayerAreRefusedUnlessToldOtherwise()
    {
        var loras = new LoraOptions { Adapters = [new Lora(Golden.Path("lora/foreign/refuse/unknown-layer.safetensors"))] };
        RequestException refusal = Refused(loras);
        Assert.Contains("2 keys belong to no layer of this model: 'transformer.transformer_blocks.77.", refusal.Message);
        Assert.Contains("LoraOptions.IgnoreUnmatched leaves them out", refusal.Message);
        using var pipeline = CogVideoXPipeline.Open(TestModels.Tiny5b, ComputeOptions.Default, loras with { IgnoreUnmatched = true });
        Assert.Equal(1, Assert.Single(pipeline.Loras).Layers);
        Assert.Contains(pipeline.Plan(TestModels.Quick).Notes, note => note.Contains("blocks.77") && note.EndsWith("They are ignored."));
    }

    [Fact]
    public void AnotherSizeOfTheModelIsNamed()
    {
        RequestException refusal = Refused(new LoraOptions { Adapters = [new Lora(Golden.Path("lora/drift"))] });
        Assert.Contains("don't fit the layer's weight [96, 96]", refusal.Message);
    }

    private static RequestException Refused(LoraOptions loras)
    {
        var refusal = Assert.Throws<RequestException>(() => CogVideoXPipeline.Open(TestModels.Tiny5b, ComputeOptions.Default, loras));
        Assert.Equal(nameof(LoraOptions.Adapters), refusal.Property);
        Assert.DoesNotContain('\n', refusal.Message);
        return refusal;
    }
}
