using System.Text.Json;
using CogVideoX.Models.Configuration;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.Weights.Lora;

/// <summary>What is read of an adapter: names, ranks, alphas and where they are from.</summary>
public sealed class LoraFileTests : IDisposable
{
    private const string Query = "transformer_blocks.0.attn1.to_q", Down = "transformer_blocks.1.ff.net.2";

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void HeaderWithPatternsGivesTheFactorsThatWereApplied()
    {
        using LoraFile zoom = LoraFile.Open(Golden.Path("lora/zoom"));
        using JsonDocument cases = JsonDocument.Parse(File.ReadAllBytes(Golden.Path("lora/cases.json")));
        JsonElement golden = cases.RootElement.EnumerateArray().Single(run => run.GetProperty("name").GetString() == "lora-i2v-zoom");
        double scale = golden.GetProperty("weights")[0].GetDouble();
        foreach (JsonProperty applied in golden.GetProperty("applied_factor").EnumerateObject())
        {
            LoraModule module = zoom.Modules.Single(module => module.Name == applied.Name);
            Assert.Equal(applied.Value.GetDouble(), scale * module.Factor, 1e-12);
        }
        Assert.Equal("its header", zoom.AlphaSource);
        Assert.Equal("zoom", zoom.Name);
        Assert.Empty(zoom.Unread);
        Assert.Equal(
            ["attn1.to_k", "attn1.to_out.0", "attn1.to_q", "attn1.to_v", "ff.net.2", "norm1.linear", "proj_out"],
            zoom.Modules.Select(module => module.Target).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void NothingAboutAlphaMeansTheRank()
    {
        using LoraFile drift = LoraFile.Open(Golden.Path("lora/drift")); // its adapter.json has alpha: null
        Assert.Null(drift.AlphaSource);
        Assert.All(drift.Modules, module => Assert.Equal((5, 1.0), (module.Rank, module.Factor)));
    }

    // What lies beside a file of a name of its own may be another adapter's.
    [Fact]
    public void ConfigsBesideAFileOfAnotherNameArentRead()
    {
        string source = Golden.Path("lora/style");
        File.Copy(Path.Combine(source, "adapter.json"), folder["adapter.json"]);
        File.Copy(Path.Combine(source, "pytorch_lora_weights.safetensors"), folder["style.safetensors"]);
        using (LoraFile alone = LoraFile.Open(folder["style.safetensors"]))
            Assert.Equal((null, 1.0, "style"), (alone.AlphaSource, alone.Modules[0].Factor, alone.Name));
        File.Move(folder["style.safetensors"], folder["pytorch_lora_weights.safetensors"]);
        foreach (string path in new[] { folder["pytorch_lora_weights.safetensors"], folder.Path })
        {
            using LoraFile own = LoraFile.Open(path);
            Assert.Equal(("adapter.json", 0.5), (own.AlphaSource, own.Modules[0].Factor));
        }
    }

    [Theory]
    [InlineData("adapter_config.json", """{"r": 2, "lora_alpha": 6}""", 3, 3)]
    [InlineData("adapter_config.json", """{"r": 2, "lora_alpha": 6, "use_rslora": true}""", 4.242640687119285, 4.242640687119285)]
    [InlineData("adapter_config.json", """{"r": 2, "lora_alpha": 6, "alpha_pattern": {"to_q": 1}}""", 0.5, 3)]
    [InlineData("adapter_config.json", """{"r": 2, "lora_alpha": 6, "alpha_pattern": {"o_q": 1}}""", 3, 3)]
    [InlineData("adapter_config.json", """{"r": 2, "lora_alpha": 6, "alpha_pattern": {"attn1.to_q": 1, "to_q": 9}}""", 0.5, 3)]
    [InlineData("adapter_config.json", """{"r": 2, "lora_alpha": 6, "alpha_pattern": {"transformer_blocks\\.[1-9]\\..*": 1}}""", 3, 0.5)]
    [InlineData("adapter_config.json", """{"r": 2, "lora_alpha": 6, "alpha_pattern": {"^transformer_blocks.0.attn1.to_q": 1}}""", 0.5, 3)]
    [InlineData("adapter_config.json", """{"r": 4, "lora_alpha": 6, "rank_pattern": {"to_q": 2, "ff.net.[02]": 2}}""", 3, 3)]
    [InlineData("adapter_config.json", """{"r": 2, "lora_alpha": null, "alpha_pattern": null}""", 1, 1)]
    [InlineData("adapter_config.json", "\uFEFF{}", 1, 1)]
    [InlineData("adapter.json", """{"rank": 2, "alpha": 1}""", 0.5, 0.5)]
    [InlineData("adapter.json", """{"rank": 2, "alpha": 1, "alpha_pattern": {"ff.net.2": 4}}""", 0.5, 2)]
    public void ConfigsGiveAlphaByTheNamesOfLayers(string config, string text, double query, double down)
    {
        Write();
        File.WriteAllText(folder[config], text);
        AssertFactors(query, down);
    }

    // The header before files beside it, tensors before all.
    [Fact]
    public void WhatIsNearestToTheTensorsCounts()
    {
        File.WriteAllText(folder["adapter.json"], """{"rank": 2, "alpha": 1}""");
        Write();
        AssertFactors(0.5, 0.5);
        File.WriteAllText(folder["adapter_config.json"], """{"r": 2, "lora_alpha": 4}""");
        AssertFactors(2, 2);
        Write(header: """{"transformer.r": 2, "transformer.lora_alpha": 8, "text_encoder.r": 64}""");
        AssertFactors(4, 4);
        Write(header: """{"r": 2, "lora_alpha": 10}""");
        AssertFactors(5, 5);
        Write(header: """{"text_encoder.r": 64}""");
        AssertFactors(2, 2);
        Write(alphaOfQuery: 12, header: """{"transformer.lora_alpha": 8, "transformer.use_rslora": true}""");
        AssertFactors(6, 8 / Math.Sqrt(2));
    }

    [Theory]
    [InlineData("transformer.X.lora_A.weight", "transformer.X.lora_B.weight")]
    [InlineData("X.lora_A.weight", "X.lora_B.weight")]
    [InlineData("base_model.model.X.lora_A.default.weight", "base_model.model.X.lora_B.default.weight")]
    [InlineData("diffusion_model.X.lora_down.weight", "diffusion_model.X.lora_up.weight")]
    [InlineData("transformer.X.lora.down.weight", "transformer.X.lora.up.weight")]
    [InlineData("lora_unet_U.lora_down.weight", "lora_unet_U.lora_up.weight")]
    [InlineData("lora_unet__U.lora_down.weight", "lora_unet__U.lora_up.weight")]
    [InlineData("lora_transformer_U.lora_down.weight", "lora_transformer_U.lora_up.weight")]
    [InlineData("S.attention.query_key_value.matrix_A.0", "S.attention.query_key_value.matrix_B.0")]
    public void NamesOfLayersAreFound(string a, string b)
    {
        string path = folder["a.safetensors"];
        const string OfSat = "model.diffusion_model.transformer.layers.0";
        string underscored = Query.Replace('.', '_');
        LoraFiles.Write(path, [LoraFiles.Of(NameOf(a), [2, 96], _ => 1), LoraFiles.Of(NameOf(b), [96, 2], _ => 1)]);
        using LoraFile file = LoraFile.Open(path);
        Assert.Equal(Query, Assert.Single(file.Modules).Name);
        Assert.Empty(file.Unread);

        string NameOf(string name) => name.Replace("X", Query, StringComparison.Ordinal)
            .Replace("U", underscored, StringComparison.Ordinal).Replace("S", OfSat, StringComparison.Ordinal);
    }

    // Names that can't be split at their underscores are found among the model's own, whichever model has them.
    [Fact]
    public void EveryLayersNameIsFoundByItsUnderscores()
    {
        foreach (string kind in new[] { "2b", "5b", "5b-i2v", "1.5", "1.5-i2v" })
        {
            foreach (string name in LoraTargets.Of(GoldenModels.Folder(kind).Transformer).Keys)
                Assert.Equal(name, UnderscoreNames.LayerOf(name.Replace('.', '_')));
        }
        Assert.Equal("transformer_blocks.41.ff.net.0.proj", UnderscoreNames.LayerOf("transformer_blocks_41_ff_net_0_proj"));
        foreach (string none in new[] { "transformer_blocks__attn1_to_q", "transformer_blocks_0_attn2_to_q", "transformer_blocks_0", "" })
            Assert.Null(UnderscoreNames.LayerOf(none));
    }

    // What an adapter of SAT was trained over stands among its halves.
    [Fact]
    public void WeightsBesideSatsHalvesAreToldApart()
    {
        using LoraFile file = LoraFile.Open(Golden.Path("lora/foreign/sat/style.safetensors"));
        Assert.Equal(
            ["attn1.to_k", "attn1.to_out.0", "attn1.to_q", "attn1.to_v"],
            file.Modules.Select(module => module.Target).Distinct().Order(StringComparer.Ordinal));
        Assert.Empty(file.Unread);
        Assert.Equal(5, file.BaseWeights.Count);
        Assert.Contains("model.diffusion_model.transformer.layers.0.attention.dense.original.bias", file.BaseWeights);
        Assert.Equal(("SAT's default", 0.25, 8 * 4 * 2 * 4 * 96), (file.AlphaSource, file.Modules[0].Factor, file.Bytes));
    }

    // A factor that the file doesn't hold, or another than it holds.
    [Theory]
    [InlineData(null, null, 3, 3)]
    [InlineData("""{"r": 2, "lora_alpha": 4, "alpha_pattern": {"to_q": 1}}""", "adapter_config.json", 3, 3)]
    [InlineData("""{"r": 2, "use_rslora": true}""", null, 4.242640687119285, 4.242640687119285)]
    public void AnAlphaThatIsAskedForCounts(string? config, string? source, double query, double down)
    {
        Write();
        if (config is not null)
            File.WriteAllText(folder["adapter_config.json"], config);
        using LoraFile file = LoraFile.Open(folder.Path, 6);
        Assert.Equal((6.0, source), (file.AskedAlpha, file.AlphaSource));
        Assert.Equal(query, file.Modules.Single(module => module.Name == Query).Factor, 1e-12);
        Assert.Equal(down, file.Modules.Single(module => module.Name == Down).Factor, 1e-12);
    }

    [Theory]
    [InlineData("dora-kohya", "this is DoRA, of which 'lora_unet_transformer_blocks_0_attn1_to_q.dora_scale' is a part")]
    [InlineData("loha-kohya", "this is LoHa")]
    [InlineData("lokr-kohya", "this is LoKr")]
    [InlineData("only-A", "has no partner: B (lora_B, lora.up) of 'transformer_blocks.0.attn1.to_q' is missing")]
    [InlineData("rank-mismatch", "A [4, 96] of rank 4 and B [96, 3] of rank 3")]
    [InlineData("nan", "holds NaN or infinity")]
    [InlineData("text-encoder-only", "it changes the text encoder alone")]
    [InlineData("no-lora-keys", "it holds no LoRA: 'w'")]
    [InlineData("empty", "there are no tensors in it")]
    public void RefusesWhatIsNoLoraOrDamaged(string name, string says) =>
        Refuses(Golden.Path($"lora/foreign/refuse/{name}.safetensors"), says);

    [Theory]
    [InlineData("peft-dora", "this is DoRA, of which 'base_model.model.transformer_blocks.0.attn1.to_q.lora_magnitude_vector' is a part")]
    [InlineData("peft-loha", "this is LoHa")]
    [InlineData("peft-lora-bias", "this is a LoRA with biases (lora_bias)")]
    public void RefusesOtherMethodsByName(string path, string says) => Refuses(Golden.Path($"lora/foreign/{path}"), says);

    [Theory]
    [InlineData("mixins.x.attention.query_key_value.matrix_A.0", "original training code, SAT")]
    [InlineData("transformer.layers.0.mlp.dense_h_to_4h.matrix_A.0", "but of layers that aren't known")]
    [InlineData("lora_unet_blocks_0_to_q.lora_down.weight", "no layer of CogVideoX has one of its names")]
    [InlineData("lora_unet_down_blocks_0_attentions_0_to_q.lora_down.weight", "it was made for a UNet")]
    [InlineData("lora_unet_blocks_0_self_attn_q.lora_down.weight", "it was made for Wan")]
    [InlineData("text_encoder.encoder.block.0.layer.0.SelfAttention.q.lora_A.weight", "it changes the text encoder alone")]
    public void RefusesFilesInWhichNothingCanBeRead(string name, string says) =>
        Refuses(LoraFiles.WriteNames(folder["a.safetensors"], name), says);

    [Theory]
    [InlineData("""{"r": 3}""", "has rank 2, adapter_config.json says 3")]
    [InlineData("""{"use_dora": true}""", "'use_dora' is true: DoRA isn't supported")]
    [InlineData("""{"lora_bias": true}""", "'lora_bias' is true")]
    [InlineData("""{"peft_type": "LOHA"}""", "'peft_type' is 'LOHA'; only LORA is supported")]
    [InlineData("""{"init_lora_weights": "pissa_niter_16"}""", "'init_lora_weights' is 'pissa_niter_16'")]
    [InlineData("""{"lora_alpha": "8"}""", "'lora_alpha' is \"8\"; it should be a number")]
    [InlineData("""{"lora_alpha": 1e300}""", "'lora_alpha' is 1e300")]
    [InlineData("""{"r": 0}""", "'r' is 0; it should be a whole number from 1")]
    [InlineData("""{"alpha_pattern": {"to_q": "1"}}""", "'alpha_pattern' is {\"to_q\":\"1\"}; it should be an object of at most")]
    [InlineData("""{"alpha_pattern": {"to_(q": 1}}""", "'to_(q' in 'alpha_pattern' can't be read as a name of layers")]
    [InlineData("""{"alpha_pattern": {"(?=to_q)to_q": 1}}""", "can't be read as a name of layers")]
    [InlineData("""{"r": 2, "r": 3}""", "isn't valid JSON")]
    [InlineData("[]", "is a JSON Array, not an object")]
    [InlineData("", "is empty")]
    public void RefusesConfigsThatCantBe(string config, string says)
    {
        Write();
        File.WriteAllText(folder["adapter_config.json"], config);
        Refuses(folder.Path, says);
    }

    [Theory]
    [InlineData("{", "lora_adapter_metadata in its header isn't valid JSON")]
    [InlineData("""{"transformer.r": 9}""", "has rank 2, its header says 9")]
    [InlineData("""{"transformer.use_dora": true}""", "DoRA isn't supported")]
    public void RefusesHeadersThatCantBe(string header, string says)
    {
        Write(header: header);
        Refuses(folder.Path, says);
    }

    [Fact]
    public void RefusesHeadersThatNestTooDeep()
    {
        Write(header: $"{{\"transformer.r\": {new string('[', 100)}{new string(']', 100)}}}");
        Refuses(folder.Path, "isn't valid JSON");
    }

    [Fact]
    public void RefusesTensorsThatCantBe()
    {
        TensorSource a = LoraFiles.Of($"{Query}.lora_A.weight", [2, 96], _ => 1);
        TensorSource b = LoraFiles.Of($"{Query}.lora_B.weight", [96, 2], _ => 1);
        Refused("A is [rank, inputs] and B [outputs, rank]", LoraFiles.Of(a.Name, [2, 3, 32], _ => 1), b);
        Refused("they need the same, 1 or more", LoraFiles.Of(a.Name, [0, 96], _ => 1), LoraFiles.Of(b.Name, [96, 0], _ => 1));
        Refused("is I32; LoRAs are F32", EditedWeights.Zeros(a.Name, DType.I32, [2, 96]), b);
        Refused("an alpha is one number", a, b, LoraFiles.Of($"{Query}.alpha", [2], _ => 1));
        Refused("an alpha is a finite number", a, b, LoraFiles.Of($"{Query}.alpha", [], _ => float.NaN));
        Refused("are of one layer", a, b, LoraFiles.Of($"transformer.{Query}.lora_A.weight", [2, 96], _ => 1));
        Refused("has no partner: A", b);
        Refused("holds NaN or infinity", a, LoraFiles.Of(b.Name, [96, 2], i => i == 191 ? float.PositiveInfinity : 1));

        void Refused(string says, params TensorSource[] tensors)
        {
            LoraFiles.Write(folder["a.safetensors"], tensors);
            Refuses(folder["a.safetensors"], says);
        }
    }

    [Fact]
    public void RefusesFoldersWithoutAnAdapter() =>
        Refuses(folder.Path, "has neither pytorch_lora_weights.safetensors nor adapter_model.safetensors");

    [Theory]
    [InlineData("other-model.safetensors", "it was made for Flux or HunyuanVideo")]
    [InlineData("wrong-width.safetensors", "of 'transformer_blocks.0.attn1.to_q' don't fit the layer's weight [96, 96]")]
    public void RefusesAdaptersOfOtherModels(string name, string says) => RefusedByModel(Golden.Path($"lora/foreign/refuse/{name}"), says);

    [Theory]
    [InlineData("blocks.0.self_attn.q", "it was made for Wan")]
    [InlineData("double_blocks.0.img_attn_qkv", "it was made for Flux or HunyuanVideo")]
    [InlineData("down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q", "it was made for a UNet")]
    [InlineData("transformer_blocks.0.attn.to_q", "it was made for another transformer, such as Stable Diffusion 3's")]
    [InlineData("layers.0.q", "it was made for another model")]
    public void SaysWhichModelsNamesThereAre(string module, string says)
    {
        LoraFiles.Write(folder["a.safetensors"], LoraFiles.Random(module, [96, 96]));
        RefusedByModel(folder["a.safetensors"], says);
    }

    // The widths of the released models are known, so that one for the 2b is told to somebody who has the 5b.
    [Theory]
    [InlineData(1920, "(such as CogVideoX-2b)")]
    [InlineData(3072, "(such as CogVideoX-5b or CogVideoX-5b-I2V or CogVideoX1.5-5B or CogVideoX1.5-5B-I2V)")]
    public void WidthsOfReleasedModelsAreKnown(int width, string says)
    {
        LoraFiles.Write(folder["a.safetensors"], LoraFiles.Random(Query, [width, width]));
        RefusedByModel(folder["a.safetensors"], says);
    }

    [Fact]
    public void ThoseOfAConvolutionAreToldFromThoseOfAnotherModel()
    {
        LoraFiles.Write(folder["a.safetensors"], LoraFiles.Random(Query, [96, 96, 1, 1]));
        RefusedByModel(folder["a.safetensors"], "they are of a convolution, which this layer isn't. Use a LoRA for this model.");
    }

    [Fact]
    public void KeysOfNoLayerAreListed()
    {
        LoraFiles.Write(
            folder["a.safetensors"],
            [
                .. LoraFiles.Random(Query, [96, 96]), .. LoraFiles.Random("transformer_blocks.77.attn1.to_q", [96, 96]),
                LoraFiles.Of("transformer_blocks.1.attn1.to_q.bias", [96], _ => 1), LoraFiles.Of("transformer_blocks.1.alpha", [], _ => 1),
                LoraFiles.Of("text_encoder.x.lora_A.weight", [2, 24], _ => 1),
            ]);
        using LoraFile file = LoraFile.Open(folder["a.safetensors"]);
        var adapter = new LoraAdapter(file, 1, LoraTargets.Of(GoldenModels.Folder("5b").Transformer));
        Assert.Equal(Query, Assert.Single(adapter.Modules).Name);
        Assert.Equal(
            [
                "text_encoder.x.lora_A.weight", "transformer.transformer_blocks.77.attn1.to_q.lora_A.weight",
                "transformer.transformer_blocks.77.attn1.to_q.lora_B.weight", "transformer_blocks.1.alpha",
                "transformer_blocks.1.attn1.to_q.bias",
            ],
            adapter.Unmatched.Order(StringComparer.Ordinal));
        Assert.Contains("5 keys belong to no layer of this model (the text encoder's can't be changed): ", adapter.UnmatchedKeys());
    }

    // Rank 2, a query of 96 and the way down of a feed-forward layer.
    private void Write(float? alphaOfQuery = null, string? header = null)
    {
        var tensors = new List<TensorSource>();
        tensors.AddRange(LoraFiles.Random(Query, [96, 96]));
        tensors.AddRange(LoraFiles.Random(Down, [96, 384]));
        if (alphaOfQuery is { } alpha)
            tensors.Add(LoraFiles.Of($"transformer.{Query}.alpha", [], _ => alpha));
        LoraFiles.Write(folder["adapter_model.safetensors"], tensors, header is null ? [] : [(LoraConfig.HeaderKey, header)]);
    }

    private void AssertFactors(double query, double down)
    {
        using LoraFile file = LoraFile.Open(folder.Path);
        Assert.Equal(query, file.Modules.Single(module => module.Name == Query).Factor, 1e-12);
        Assert.Equal(down, file.Modules.Single(module => module.Name == Down).Factor, 1e-12);
    }

    private static void RefusedByModel(string path, string says)
    {
        using LoraFile file = LoraFile.Open(path);
        var refusal = Assert.Throws<LoraException>(() => new LoraAdapter(file, 1, LoraTargets.Of(GoldenModels.Folder("5b").Transformer)));
        Assert.Contains(says, refusal.Message);
    }

    private static void Refuses(string path, string says)
    {
        Exception? refusal = Record.Exception(() => LoraFile.Open(path));
        Assert.True(refusal is LoraException or ConfigException, refusal?.ToString());
        Assert.Contains(says, refusal!.Message);
        Assert.DoesNotContain('\n', refusal.Message);
    }
}
