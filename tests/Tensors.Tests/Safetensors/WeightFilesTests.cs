using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Safetensors;

public sealed class WeightFilesTests
{
    private const string Index = "model.safetensors.index.json";

    [Theory]
    [InlineData("checkpoints/5b/transformer", "diffusion_pytorch_model", 4)]
    [InlineData("checkpoints/2b/transformer", "diffusion_pytorch_model", 1)]
    [InlineData("checkpoints/5b/text_encoder", "model", 5)]
    public void CheckpointsOpenWhetherSharedOutOrNot(string folder, string name, int files)
    {
        using WeightFiles weights = WeightFiles.Open(Golden.Path(folder), name);
        Assert.Equal(files, weights.Files.Count);
        Assert.Equal(weights.Files.Sum(file => file.Names.Count), weights.Names.Count);
        foreach (string key in weights.Names)
        {
            Assert.True(weights.TryGet(key, out Tensor tensor));
            using SafetensorsFile owner = SafetensorsFile.Open(weights.FileOf(key));
            Assert.Equal(owner[key].ToFloats(), tensor.ToFloats());
        }
        Assert.False(weights.TryGet("none", out _));
    }

    [Fact]
    public void AMissingFileSaysWhatWasLookedForAndWhatIsThere()
    {
        using var folder = new TempFolder();
        Assert.Contains("neither model.safetensors nor model.safetensors.index.json. It has no weights", Refused(folder.Path));
        folder.Write("model.fp16.safetensors", []);
        Assert.Contains("It has model.fp16.safetensors, which isn't used unasked", Refused(folder.Path));
        Assert.Contains("folder doesn't exist", Refused(folder["none"]));
    }

    [Fact]
    public void AVariantIsUsedWhenAskedFor()
    {
        using var folder = new TempFolder();
        Shard(folder, "model.fp16.safetensors", "a");
        using WeightFiles weights = WeightFiles.Open(folder.Path, "model", "fp16");
        Assert.True(weights.TryGet("a", out _));
    }

    [Fact]
    public void MissingShardsAreListed()
    {
        using var folder = new TempFolder();
        Shard(folder, "1.safetensors", "a");
        WriteIndex(folder, """{"weight_map":{"a":"1.safetensors","b":"2.safetensors","c":"3.safetensors"}}""");
        Assert.Contains("lacks 2 of the 3 shards that model.safetensors.index.json lists: 2.safetensors, 3.safetensors", Refused(folder.Path));
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"1.safetensors","c":"1.safetensors","b":"2.safetensors"}}""", "1.safetensors lacks tensor 'c'")]
    [InlineData("""{"weight_map":{"a":"1.safetensors"}}""", "")]
    [InlineData("""{"weight_map":{"a":"1.safetensors","x":"2.safetensors"}}""", "2.safetensors has tensor 'b', which model.safetensors.index.json doesn't list")]
    [InlineData("""{"weight_map":{"b":"1.safetensors","a":"2.safetensors"}}""", "1.safetensors has tensor 'a', which model.safetensors.index.json places in 2.safetensors")]
    public void IndexAndShardsMustAgree(string index, string says)
    {
        using var folder = new TempFolder();
        Shard(folder, "1.safetensors", "a");
        Shard(folder, "2.safetensors", "b");
        WriteIndex(folder, index);
        if (says == "")
            WeightFiles.Open(folder.Path, "model").Dispose();
        else
            Assert.Contains(says, Refused(folder.Path));
    }

    [Fact]
    public void ATensorInTwoShardsIsRefused()
    {
        using var folder = new TempFolder();
        Shard(folder, "1.safetensors", "a");
        Shard(folder, "2.safetensors", "a", "b");
        WriteIndex(folder, """{"weight_map":{"a":"1.safetensors","b":"2.safetensors"}}""");
        Assert.Contains("2.safetensors has tensor 'a', which model.safetensors.index.json places in 1.safetensors", Refused(folder.Path));
    }

    [Theory]
    [InlineData("../x.safetensors")]
    [InlineData("/etc/x.safetensors")]
    [InlineData("sub/x.safetensors")]
    [InlineData("..\\\\x.safetensors")]
    [InlineData("C:x.safetensors")]
    [InlineData(".safetensors")]
    [InlineData("x\\u0000.safetensors")]
    [InlineData("x.bin")]
    [InlineData("..")]
    [InlineData("")]
    public void AnIndexReachesNoFileElsewhere(string shard) =>
        RefusedIndex($$$"""{"weight_map":{"a":"{{{shard}}}"}}""", "only .safetensors files beside the index are read");

    [Theory]
    [InlineData("", "isn't valid JSON")]
    [InlineData("[]", "no object 'weight_map'")]
    [InlineData("{}", "no object 'weight_map'")]
    [InlineData("""{"weight_map":[]}""", "no object 'weight_map'")]
    [InlineData("""{"weight_map":{}}""", "is empty")]
    [InlineData("""{"weight_map":{"a":1}}""", "the shard of 'a' is a JSON Number")]
    [InlineData("""{"weight_map":{"a":"1.safetensors","a":"2.safetensors"}}""", "isn't valid JSON")]
    [InlineData("[[[[[[[[[[[[[[[[[[", "isn't valid JSON")]
    public void BadIndexesAreRefused(string index, string says) => RefusedIndex(index, says);

    private static void RefusedIndex(string index, string says)
    {
        using var folder = new TempFolder();
        WriteIndex(folder, index);
        string message = Refused(folder.Path);
        Assert.StartsWith(folder[Index], message);
        Assert.Contains(says, message);
    }

    private static string Refused(string folder) => Assert.Throws<SafetensorsException>(() => WeightFiles.Open(folder, "model")).Message;

    private static void WriteIndex(TempFolder folder, string json) => File.WriteAllText(folder[Index], json);

    private static void Shard(TempFolder folder, string file, params string[] names) =>
        SafetensorsWriter.Write(folder[file], names.Select(name => new TensorSource(name, DType.U8, [2], (_, bytes) => bytes.Clear())));
}
