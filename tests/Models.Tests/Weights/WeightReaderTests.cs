using CogVideoX.Models.Weights;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.Weights;

public sealed class WeightReaderTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly Ops ops = Ops.OnCpu(1);
    private readonly WeightFiles files;
    private readonly WeightReader reader;

    public WeightReaderTests()
    {
        SafetensorsWriter.Write(folder["model.safetensors"],
        [
            Ones("blocks.0.attn.to_q.weight", DType.BF16, [4, 2]), Ones("blocks.0.attn.to_q.bias", DType.F32, [4]),
            Ones("blocks.1.attn.to_q.weight", DType.F8E4M3, [4, 2]), Ones("ids", DType.I64, [3]),
            Ones("encoder.conv.weight", DType.F32, [1]), Ones("encoder_norm.weight", DType.F32, [1]),
        ]);
        files = WeightFiles.Open(folder.Path, "model");
        reader = new WeightReader(ops, files);
    }

    public void Dispose()
    {
        files.Dispose();
        ops.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void WalksPrefixesAndGivesTheStoredTensor()
    {
        WeightReader attention = reader["blocks"][1]["attn"];
        Assert.Equal("blocks.1.attn.", attention.Prefix);
        Assert.Same(ops, attention.Ops);
        Assert.Equal(DType.F8E4M3, attention.Get("to_q.weight", [4, 2]).Type);
        Assert.Equal(DType.BF16, reader["blocks.0.attn"].Get("to_q.weight", [4, 2]).Type);
    }

    [Fact]
    public void AnotherShapeNamesKeyFileAndBothShapes()
    {
        string message = Error(() => reader["blocks"][0]["attn"].Get("to_q.weight", [2, 4]));
        Assert.Contains("'blocks.0.attn.to_q.weight'", message);
        Assert.Contains(folder["model.safetensors"], message);
        Assert.Contains("[4, 2]", message);
        Assert.Contains("[2, 4]", message);
    }

    [Fact]
    public void ATypeThatKernelsDontReadIsRefused()
    {
        string message = Error(() => reader.Get("ids", [3]));
        Assert.Contains("I64 [3]", message);
        Assert.Contains("F32, BF16", message);
    }

    [Fact]
    public void AMissingKeyNamesTheNearestOne()
    {
        string message = Error(() => reader["blocks"][0]["attn"].Get("to_qq.weight", [4, 2]));
        Assert.Contains("'blocks.0.attn.to_qq.weight' is missing from " + folder["model.safetensors"], message);
        Assert.Contains("'blocks.0.attn.to_q.weight'", message);
    }

    [Fact]
    public void UnusedKeysAreNotedOrRefusedByWhatTheyWouldChange()
    {
        reader["blocks"][0]["attn"].Get("to_q.weight", [4, 2]);
        Assert.Contains(
            "has tensors beside weights of the model that the config doesn't know: 'blocks.0.attn.to_q.bias'.",
            Error(() => reader["blocks"][0].Finish()));
        reader["blocks"][0]["attn"].Get("to_q.bias", [4]);
        Assert.Empty(reader["blocks"][0].Finish());
        Assert.Contains("has layers beyond those of the config: 'blocks.1.attn.to_q.weight'.", Error(() => reader.Finish()));
        reader["blocks"][1]["attn"].Get("to_q.weight", [4, 2]);
        string file = folder["model.safetensors"];
        Assert.Equal(
            [$"{file}: 2 tensors are not used by this model and ignored: 'encoder.conv.weight', 'encoder_norm.weight'."], reader.Finish());
        Assert.Equal(
            ["blocks.0.attn.to_q.bias", "blocks.0.attn.to_q.weight", "blocks.1.attn.to_q.weight"],
            reader.Used.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void NamesOfAnyLengthAreComparedAndCut()
    {
        SafetensorsWriter.Write(
            folder["many.safetensors"], Enumerable.Range(10, 20).Select(i => Ones($"k{i}\u202e{new string('x', 1000)}", DType.F32, [])));
        using WeightFiles many = WeightFiles.Open(folder.Path, "many");
        string note = new WeightReader(ops, many).Finish()[^1];
        Assert.Contains("'k14\\u202Exxx", note);
        Assert.EndsWith("' and 15 more.", note);
        Assert.True(note.Length < 1000);
        Assert.Contains("no key there is like it", Error(() => new WeightReader(ops, many).Get("k10", [1])));
    }

    [Fact]
    public void ShardsAreNamedByTheOneThatHasTheKey()
    {
        using WeightFiles shards = WeightFiles.Open(Golden.Path("checkpoints/5b/transformer"), "diffusion_pytorch_model");
        string message = Error(() => new WeightReader(ops, shards).Get("norm_final.weight", [1]));
        Assert.Contains("diffusion_pytorch_model-00004-of-00004.safetensors", message);
        Assert.Contains("and 3 more shards", Error(() => new WeightReader(ops, shards).Get("none", [1])));
    }

    [Fact]
    public void AListTakesDownWhatAModelWouldRead()
    {
        using Ops planning = Ops.Planning();
        var list = new WeightList(planning, DType.BF16);
        var planned = new WeightReader(list);
        Tensor weight = planned["blocks"][0].Get("weight", [3, 4]);
        planned["blocks"][0].Get("bias", [4]);
        Assert.Empty(planned.Finish());

        Assert.Equal("BF16 [3, 4]", weight.ToString());
        Assert.False(weight.IsOnHost);
        Assert.Equal(["blocks.0.weight", "blocks.0.bias"], list.Shapes.Keys);
        Assert.True(list.Shapes["blocks.0.weight"] == [3, 4]);
    }

    private static string Error(Action action) => Assert.Throws<WeightException>(action).Message;

    private static TensorSource Ones(string name, DType type, Shape shape) => new(name, type, shape, (_, bytes) => bytes.Fill(1));
}
