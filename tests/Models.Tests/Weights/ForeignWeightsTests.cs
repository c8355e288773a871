using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Configuration;
using CogVideoX.Models.T5;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.Weights;

/// <summary>
/// Whole checkpoints as other tools leave them: what loads with a note, and what is refused because its results would be others.
/// </summary>
public sealed class ForeignWeightsTests : IDisposable
{
    private const string Transformer = "transformer/diffusion_pytorch_model.safetensors", Query = "transformer_blocks.0.attn1.to_q";

    private readonly TempFolder folder = TempFolder.CopyOf(Golden.Path("checkpoints/2b"));
    private readonly Ops ops = Ops.OnCpu(1);

    public void Dispose()
    {
        ops.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void AnUntouchedCheckpointGivesNoNotes()
    {
        Assert.Empty(ReadTransformer());
        Assert.Empty(ReadTextEncoder());
    }

    [Theory]
    [InlineData("extra")]
    [InlineData("model_ema.decay")]
    [InlineData("patch_embed.pos_embedding")]
    [InlineData("text_proj.weight")]
    public void ATensorTooManyIsIgnoredAndNamed(string name)
    {
        EditedWeights.Edit(folder[Transformer], tensors => tensors[name] = EditedWeights.Zeros(name, DType.F32, [2]));
        Assert.Equal([$"{folder[Transformer]}: 1 tensor is not used by this model and ignored: '{name}'."], ReadTransformer());
    }

    [Fact]
    public void ManyAreCounted()
    {
        EditedWeights.Edit(folder[Transformer], tensors =>
        {
            for (int i = 0; i < 20; i++)
                tensors[$"ema.{i:D2}"] = EditedWeights.Zeros($"ema.{i:D2}", DType.BF16, [1]);
        });
        Assert.EndsWith(
            ": 20 tensors are not used by this model and ignored: 'ema.00', 'ema.01', 'ema.02', 'ema.03', 'ema.04' and 15 more.",
            Assert.Single(ReadTransformer()));
    }

    [Fact]
    public void IndicesKeptBesideWeightsNeedNoWord()
    {
        EditedWeights.Edit(
            folder[Transformer], tensors => tensors["position_ids"] = EditedWeights.Zeros("position_ids", DType.I64, [1, 77]));
        Assert.Empty(ReadTransformer());
    }

    [Fact]
    public void WeightsStoredAsF64AreConverted()
    {
        float[] before = Forward();
        EditedWeights.Edit(folder[Transformer], tensors =>
        {
            foreach (string name in new[] { Query + ".weight", "patch_embed.proj.weight", "norm_final.bias" })
                tensors[name] = EditedWeights.AsDoubles(tensors[name]);
        });
        string note = Assert.Single(ReadTransformer());
        Assert.StartsWith($"{folder[Transformer]}: 3 tensors are stored as F64 and converted to F32 in memory: ", note);
        Assert.Contains($"'{Query}.weight'", note);
        Assert.Equal(before, Forward());
    }

    [Theory]
    [InlineData(Query + ".weight_scale_inv")]
    [InlineData(Query + ".scale_input")]
    [InlineData(Query + ".input_scale")]
    [InlineData(Query + ".weight.scale")]
    [InlineData("scaled_fp8")]
    public void ScalesAreNeverIgnored(string name)
    {
        foreach (Shape shape in new Shape[] { [], [1], [0] })
        {
            EditedWeights.Edit(folder[Transformer], tensors =>
            {
                tensors[Query + ".weight"] = EditedWeights.Zeros(Query + ".weight", DType.F8E4M3, tensors[Query + ".weight"].Shape);
                tensors[name] = EditedWeights.Zeros(name, DType.F32, shape);
            });
            string message = RefusedTransformer();
            Assert.StartsWith($"{folder[Transformer]} has scales of its weights (scaled fp8", message);
            Assert.Contains($": '{name}'. Use the model's BF16", message);
        }
    }

    [Fact]
    public void ScalesOfTheTextEncoderAreNeverIgnored()
    {
        EditTextEncoder("encoder.block.1.layer.0.SelfAttention.q.weight", (tensors, weight) =>
            tensors["scale"] = EditedWeights.Zeros(weight.Replace(".weight", ".scale_weight", StringComparison.Ordinal), DType.F32, []));
        string message = Assert.Throws<WeightException>(() => ReadTextEncoder()).Message;
        Assert.Contains("and 4 more shards has scales of its weights", message);
        Assert.Contains(": 'encoder.block.1.layer.0.SelfAttention.q.scale_weight'.", message);
    }

    [Fact]
    public void QuantisationToldInTheHeaderOfAShardIsNotIgnored()
    {
        using TempFolder sharded = TempFolder.CopyOf(Golden.Path("checkpoints/5b"));
        string shard = sharded["transformer/diffusion_pytorch_model-00002-of-00004.safetensors"];
        SetHeader(shard, "{}");
        string message = Assert.Throws<WeightException>(() => ReadTransformer(sharded.Path)).Message;
        Assert.StartsWith($"{shard} has scales of its weights", message);
        Assert.Contains(": '_quantization_metadata' in its header.", message);
    }

    [Theory]
    [InlineData("{}", "has a '_quantization_metadata' without 'layers'")]
    [InlineData("{\"layers\": 1}", "without 'layers'")]
    [InlineData("{\"layers\": {\"proj_out\": {\"format\": \"nvfp4\"}}}", "has 'proj_out' quantised as 'nvfp4'; float8_e4m3fn and")]
    [InlineData("{\"layers\": {\"proj_out\": 1}}", "has 'proj_out' quantised as ''")]
    [InlineData("{", "'_quantization_metadata' in ")]
    public void QuantisationOfAnotherKindInTheHeaderIsRefused(string json, string says)
    {
        SetHeader(folder[Transformer], json);
        Assert.Contains(says, RefusedTransformer());
    }

    [Theory]
    [InlineData(".scale_weight", 3)]
    [InlineData(".weight_scale", 0)]
    [InlineData(".weight_scale", 2)]
    public void ScalesThatFitNoWeightAreRefused(string ending, int count)
    {
        EditedWeights.Edit(folder[Transformer], tensors =>
        {
            tensors[Query + ".weight"] = EditedWeights.Zeros(Query + ".weight", DType.F8E4M3, tensors[Query + ".weight"].Shape);
            tensors[Query + ending] = EditedWeights.Zeros(Query + ending, DType.F32, [count]);
        });
        Assert.StartsWith(
            $"'{Query}{ending}' in {folder[Transformer]} is F32 [{count}]; "
            + $"the scale of '{Query}.weight' F8_E4M3 [{Width}, {Width}] is one F32 number, or one for each row.",
            RefusedTransformer());
    }

    [Fact]
    public void ScalesOfWeightsThatAreNoFloat8AreNotIgnored()
    {
        EditedWeights.Edit(
            folder[Transformer],
            tensors => tensors[Query + ".weight_scale"] = EditedWeights.Zeros(Query + ".weight_scale", DType.F32, []));
        Assert.Contains("has scales of its weights (scaled fp8 or another quantisation)", RefusedTransformer());
    }

    [Fact]
    public void TwoScalesOfOneWeightAreRefused()
    {
        EditedWeights.Edit(folder[Transformer], tensors =>
        {
            tensors[Query + ".weight"] = EditedWeights.Zeros(Query + ".weight", DType.F8E4M3, tensors[Query + ".weight"].Shape);
            foreach (string ending in new[] { ".scale_weight", ".weight_scale" })
                tensors[Query + ending] = EditedWeights.Zeros(Query + ending, DType.F32, []);
        });
        Assert.Contains("two scales of one weight", RefusedTransformer());
    }

    [Theory]
    [InlineData(17, "is U8 [2, 17]; blocks of Q4_0 are U8 [rows, n · 18]")]
    [InlineData(18, "twice, as it is and in blocks")]
    public void BytesThatAreNoBlocksAreRefused(int bytes, string says)
    {
        const string Name = Query + ".Q4_0_qweight";
        EditedWeights.Edit(folder[Transformer], tensors => tensors[Name] = EditedWeights.Zeros(Name, DType.U8, [2, bytes]));
        Assert.Contains(says, RefusedTransformer());
    }

    [Fact]
    public void Fp8WithoutScalesLoads()
    {
        EditedWeights.Edit(
            folder[Transformer],
            tensors => tensors[Query + ".weight"] = EditedWeights.Zeros(Query + ".weight", DType.F8E4M3, tensors[Query + ".weight"].Shape));
        Assert.Empty(ReadTransformer());
    }

    [Theory]
    [InlineData(Query + ".lora_A.weight", "a LoRA that isn't merged into the weights")]
    [InlineData("transformer.transformer_blocks.0.attn1.to_q.lora_B.weight", "a LoRA that isn't merged into the weights")]
    [InlineData("transformer_blocks.2.attn1.to_q.weight", "layers beyond those of the config")]
    [InlineData("transformer_blocks.10.ff.net.0.proj.bias", "layers beyond those of the config")]
    [InlineData("patch_embed.proj.gate", "tensors beside weights of the model that the config doesn't know")]
    [InlineData(Query + ".weight.absmax", "tensors beside weights of the model that the config doesn't know")]
    public void WhatWouldChangeTheResultsIsRefused(string name, string says)
    {
        EditedWeights.Edit(folder[Transformer], tensors => tensors[name] = EditedWeights.Zeros(name, DType.F32, [2]));
        string message = RefusedTransformer();
        Assert.StartsWith($"{folder[Transformer]} has {says}: '{name}'. ", message);
    }

    [Theory]
    [InlineData("model.diffusion_model.transformer.layers.0.attention.query_key_value.weight", "(SAT)")]
    [InlineData("decoder.up.3.block.0.conv1.conv.weight", "(SAT)")]
    [InlineData("encoder.block.0.layer.0.SelfAttention.q.weight", "of a T5 text encoder")]
    [InlineData("transformer_blocks.0.layer.0.SelfAttention.q.weight", "of a T5 text encoder")]
    [InlineData("decoder.up_blocks.0.resnets.0.conv1.conv.weight", "of a VAE")]
    [InlineData("enc.blk.1.attn_q.weight", "of GGUF files")]
    [InlineData("transformer_blocks.0.attn1.to_q.qweight", "of quantised weights")]
    [InlineData("transformer.transformer_blocks.0.attn1.to_q.lora_A.weight", "of a LoRA, which is no model")]
    public void NamesOfOtherToolsAreRecognised(string name, string says)
    {
        SafetensorsWriter.Write(folder[Transformer], [EditedWeights.Zeros(name, DType.F32, [2])]);
        string message = RefusedTransformer();
        Assert.StartsWith($"'patch_embed.proj.weight' is missing from {folder[Transformer]}; ", message);
        Assert.Contains(says, message);
        Assert.Contains($"'{name}'", message);
    }

    [Fact]
    public void AMissingTensorIsNamedWithItsPlaceAndItsNeighbours()
    {
        using TempFolder sharded = TempFolder.CopyOf(Golden.Path("checkpoints/5b"));
        foreach (string shard in Directory.GetFiles(sharded["transformer"], "*.safetensors"))
            EditedWeights.Edit(shard, tensors => tensors.Remove("transformer_blocks.1.attn1.to_k.weight"));
        string message = Assert.Throws<WeightException>(() => ReadTransformer(sharded.Path)).Message;
        Assert.StartsWith("'transformer_blocks.1.attn1.to_k.weight' is missing from ", message);
        Assert.Contains("(its index places it in diffusion_pytorch_model-0000", message);
        Assert.Contains("'transformer_blocks.1.attn1.to_q.weight'", message);
    }

    [Fact]
    public void AnIndexThatListsWhatNoShardHasIsNoted()
    {
        using TempFolder sharded = TempFolder.CopyOf(Golden.Path("checkpoints/5b"));
        string index = sharded["transformer/diffusion_pytorch_model.safetensors.index.json"];
        string text = File.ReadAllText(index), first = "\"weight_map\": {";
        Assert.Contains(first, text);
        File.WriteAllText(
            index,
            text.Replace(first, first + "\"gone\": \"diffusion_pytorch_model-00001-of-00004.safetensors\",", StringComparison.Ordinal));
        Assert.EndsWith("lists tensors that no shard has (1): 'gone'.", Assert.Single(ReadTransformer(sharded.Path)));
    }

    [Fact]
    public void AStaleTableInARotaryModelIsIgnored()
    {
        using TempFolder sharded = TempFolder.CopyOf(Golden.Path("checkpoints/5b"));
        EditedWeights.Edit(sharded["transformer/diffusion_pytorch_model-00001-of-00004.safetensors"], tensors =>
            tensors["patch_embed.pos_embedding"] = EditedWeights.Zeros("patch_embed.pos_embedding", DType.F32, [1, 7, 96]));
        IReadOnlyList<string> notes = ReadTransformer(sharded.Path);
        const string Ignored = "1 tensor is not used by this model and ignored: 'patch_embed.pos_embedding'.";
        Assert.Contains(notes, note => note.EndsWith(Ignored, StringComparison.Ordinal));
    }

    [Fact]
    public void APatchProjectionStoredAsAMatrixIsRecognised()
    {
        EditedWeights.Edit(folder[Transformer], tensors =>
            tensors["patch_embed.proj.weight"] = EditedWeights.Zeros("patch_embed.proj.weight", DType.F32, [Width, 16]));
        string message = RefusedTransformer();
        Assert.Contains(
            $"has the shape [{Width}, 16], the config asks for [{Width}, 4, 2, 2]. "
            + "It is stored as a matrix, as the original training code (SAT) and CogVideoX 1.5 have it",
            message);
    }

    [Theory]
    [InlineData(33, 4)]
    [InlineData(4, 33)]
    public void OtherInputChannelsAreToldByBothShapes(int stored, int asked)
    {
        EditedWeights.Edit(folder[Transformer], tensors =>
            tensors["patch_embed.proj.weight"] = EditedWeights.Zeros("patch_embed.proj.weight", DType.F32, [Width, stored, 2, 2]));
        string config = folder["transformer/config.json"];
        File.WriteAllText(
            config, File.ReadAllText(config).Replace("\"in_channels\": 4", $"\"in_channels\": {asked}", StringComparison.Ordinal));
        Action read = asked == 4 ? () => ReadTransformer() : () => ModelFolder.Open(folder.Path).CheckSupported();
        string message = Assert.ThrowsAny<Exception>(read).Message;
        Assert.Contains($"has the shape [{Width}, {stored}, 2, 2], the config asks for [{Width}, {asked}, 2, 2]", message);
    }

    private int Width => ModelFolder.Open(folder.Path).Transformer.Width;

    private float[] Forward()
    {
        ModelFolder model = ModelFolder.Open(folder.Path);
        using WeightFiles files = model.OpenTransformer();
        using MemoryScope scope = ops.Scope();
        var transformer = new CogVideoXTransformer(new WeightReader(ops, files), model.Transformer);
        float[] latents = [.. Enumerable.Range(0, 3 * 4 * 8 * 12).Select(i => MathF.Sin(i))];
        float[] text = [.. Enumerable.Range(0, 26 * 24).Select(i => MathF.Cos(i))];
        Conditions conditions = GoldenModels.Text(ops.FromHost(text, [1, 26, 24]));
        return transformer.Forward(ops.FromHost(latents, [1, 3, 4, 8, 12]), conditions, [500]).ToFloats();
    }

    private void SetHeader(string path, string quantisation)
    {
        using (SafetensorsFile file = SafetensorsFile.Open(path))
        {
            SafetensorsWriter.Write(
                folder["copy"], file.Names.ToDictionary(name => name, name => file[name]),
                new Dictionary<string, string> { ["_quantization_metadata"] = quantisation });
        }
        File.Move(folder["copy"], path, overwrite: true);
    }

    private string RefusedTransformer() => Assert.Throws<WeightException>(() => ReadTransformer()).Message;

    private IReadOnlyList<string> ReadTransformer() => ReadTransformer(folder.Path);

    private IReadOnlyList<string> ReadTransformer(string path)
    {
        ModelFolder model = ModelFolder.Open(path);
        using WeightFiles files = model.OpenTransformer();
        var weights = new WeightReader(ops, files);
        _ = new CogVideoXTransformer(weights, model.Transformer);
        return weights.Finish();
    }

    private IReadOnlyList<string> ReadTextEncoder()
    {
        ModelFolder model = ModelFolder.Open(folder.Path);
        using WeightFiles files = model.OpenTextEncoder();
        var weights = new WeightReader(ops, files);
        _ = new T5Encoder(weights, model.TextEncoder);
        return weights.Finish();
    }

    // Changes the shard that has a tensor.
    private void EditTextEncoder(string name, Action<Dictionary<string, TensorSource>, string> change)
    {
        foreach (string shard in Directory.GetFiles(folder["text_encoder"], "*.safetensors"))
        {
            EditedWeights.Edit(shard, tensors =>
            {
                if (tensors.ContainsKey(name))
                    change(tensors, name);
            });
        }
    }
}
