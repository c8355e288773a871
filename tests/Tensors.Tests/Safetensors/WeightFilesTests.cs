using CogVideoX.Tensors.Safetensors;
using CogVideoX.Tensors.Tests.Pickles;
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
        Assert.Contains("It has 'model.fp16.safetensors', which isn't used unasked", Refused(folder.Path));
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
        Assert.Contains(
            "lacks 2 of the 3 shards that model.safetensors.index.json lists: '2.safetensors', '3.safetensors'", Refused(folder.Path));
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"1.safetensors","b":"2.safetensors"}}""")]
    [InlineData(
        """{"weight_map":{"a":"1.safetensors","c":"1.safetensors","b":"2.safetensors"}}""",
        "lists tensors that no shard has (1): 'c'.")]
    [InlineData(
        """{"weight_map":{"a":"1.safetensors","x":"2.safetensors"}}""", "lists tensors that no shard has (1): 'x'.",
        "doesn't list tensors that its shards have (1): 'b'.")]
    [InlineData(
        """{"weight_map":{"b":"1.safetensors","a":"2.safetensors"}}""", "places tensors in other shards than have them (2): 'a', 'b'.")]
    public void WhereIndexAndShardsDisagreeTheShardsCount(string index, params string[] notes)
    {
        using var folder = new TempFolder();
        Shard(folder, "1.safetensors", "a");
        Shard(folder, "2.safetensors", "b");
        WriteIndex(folder, index);
        using WeightFiles weights = WeightFiles.Open(folder.Path, "model");
        Assert.Equal(["a", "b"], weights.Names);
        Assert.Equal(notes.Length, weights.Notes.Count);
        Assert.All(notes.Zip(weights.Notes), pair => Assert.StartsWith($"{folder[Index]} {pair.First}", pair.Second));
    }

    [Fact]
    public void ThePlaceOfATensorThatIsMissingIsKnown()
    {
        using var folder = new TempFolder();
        Shard(folder, "1.safetensors", "a");
        WriteIndex(folder, """{"weight_map":{"a":"1.safetensors","c":"1.safetensors"}}""");
        using WeightFiles weights = WeightFiles.Open(folder.Path, "model");
        Assert.Equal((folder["1.safetensors"], null), (weights.PlaceOf("c"), weights.PlaceOf("d")));
    }

    [Fact]
    public void AnIndexGoesBeforeAStraySingleFile()
    {
        using var folder = new TempFolder();
        Shard(folder, "1.safetensors", "a");
        Shard(folder, "model.safetensors", "old");
        WriteIndex(folder, """{"weight_map":{"a":"1.safetensors"}}""");
        using WeightFiles weights = WeightFiles.Open(folder.Path, "model");
        Assert.Equal(["a"], weights.Names);
        Assert.Equal([$"{folder[Index]} is read; beside it 'model.safetensors' is not used."], weights.Notes);
    }

    [Fact]
    public void VariantsBesideTheChosenFilesAreNamed()
    {
        using var folder = new TempFolder();
        Shard(folder, "model.safetensors", "a");
        Shard(folder, "model.fp16-00001-of-00001.safetensors", "a");
        folder.Write("model.safetensors.index.fp16.json", "{}"u8.ToArray());
        folder.Write("pytorch_model.bin", [1]);
        using (WeightFiles weights = WeightFiles.Open(folder.Path, "model"))
        {
            string note = Assert.Single(weights.Notes);
            Assert.StartsWith($"{folder["model.safetensors"]} is read; beside it ", note);
            Assert.Contains("'model.safetensors.index.fp16.json'", note);
        }
        WriteIndex(folder, """{"weight_map":{"a":"model.safetensors"}}""");
        using WeightFiles sharded = WeightFiles.Open(folder.Path, "model");
        Assert.StartsWith($"{folder[Index]} is read; beside it ", Assert.Single(sharded.Notes));
    }

    [Theory]
    [InlineData("weights.pt", "\u0080\u0002}q", "which is a PyTorch pickle file; it is read under the name 'pytorch_model.bin'")]
    [InlineData("weights.bin", "\u0001", "It has 'weights.bin'; only safetensors files are read, and PyTorch's 'pytorch_model.bin'")]
    [InlineData("weights.dat", "GGUF\u0003\0\0\0", "'weights.dat', which is a GGUF file; it is read where it is named itself")]
    [InlineData("model.gguf", "GGUF\u0003\0\0\0", "'model.gguf', which is a GGUF file; it is read where it is named itself")]
    [InlineData("model.h5", "\u0089HDF\r\n", "'model.h5', which is an HDF5 file, not safetensors")]
    [InlineData("model-fp16.safetensors", "version https://git-lfs.github.com/spec/v1\n", "which is a Git LFS pointer")]
    [InlineData("\u001b[2J.bin", "\u0001", "It has '\\u001B[2J.bin'; only safetensors")]
    public void WeightsOfOtherFormatsAreRecognisedByTheirBytes(string name, string contents, string says)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() && name.Any(char.IsControl), "There are no such names.");
        using var folder = new TempFolder();
        folder.Write(name, System.Text.Encoding.Latin1.GetBytes(contents));
        Assert.Contains(says, Refused(folder.Path));
    }

    [Fact]
    public void TheIndexOfTheOnlyVariantIsReadWhereThereIsNoOther()
    {
        using var folder = new TempFolder();
        const string Variant = "model.safetensors.index.fp16.json";
        Shard(folder, "model.fp16-00001-of-00001.safetensors", "a");
        File.WriteAllText(folder[Variant], """{"weight_map":{"a":"model.fp16-00001-of-00001.safetensors"}}""");
        using (WeightFiles weights = WeightFiles.Open(folder.Path, "model"))
        {
            Assert.Equal(["a"], weights.Names);
            Assert.Equal([$"{folder.Path} has neither model.safetensors nor {Index}; the variant of {Variant} is read."], weights.Notes);
        }
        File.Copy(folder[Variant], folder["model.safetensors.index.bf16.json"]);
        Assert.Contains("has weights in several variants: 'model.safetensors.index.bf16.json', ", Refused(folder.Path));
    }

    [Fact]
    public void FilesOfPyTorchAreReadAfterAllOthers()
    {
        using var folder = new TempFolder();
        Pickle(folder, "pytorch_model.bin", "single");
        ReadsOnly("single");
        Pickle(folder, "1.bin", "a");
        Pickle(folder, "2.bin", "b");
        File.WriteAllText(folder["pytorch_model.bin.index.json"], """{"weight_map":{"a":"1.bin","b":"2.bin"}}""");
        ReadsOnly("a", "b");
        Shard(folder, "model.safetensors", "safe");
        ReadsOnly("safe");

        void ReadsOnly(params string[] names)
        {
            using WeightFiles weights = WeightFiles.Open(folder.Path, "model");
            Assert.Equal(names, weights.Names);
            Assert.Empty(weights.Notes);
        }
    }

    [Fact]
    public void AnIndexOfPyTorchNamesFilesOfPyTorchAlone()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["pytorch_model.bin.index.json"], """{"weight_map":{"a":"1.safetensors"}}""");
        Assert.Contains("only .bin files beside the index are read", Refused(folder.Path));
    }

    [Fact]
    public void ATensorInTwoShardsIsRefused()
    {
        using var folder = new TempFolder();
        Shard(folder, "1.safetensors", "a");
        Shard(folder, "2.safetensors", "a", "b");
        WriteIndex(folder, """{"weight_map":{"a":"1.safetensors","b":"2.safetensors"}}""");
        Assert.Contains("2.safetensors has tensor 'a', and so has 1.safetensors.", Refused(folder.Path));
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
    [InlineData("", "is empty")]
    [InlineData("\n", "isn't valid JSON")]
    [InlineData("""{"weight_map":{"\ud800":"1.safetensors"}}""", "half of a character")]
    [InlineData("""{"weight_map":{"a":"\u001b[2J\u000a.bin"}}""", "the shard of 'a' is '\\u001B[2J\\u000A.bin'")]
    [InlineData("version https://git-lfs.github.com/spec/v1", "is a Git LFS pointer")]
    [InlineData("[]", "no object 'weight_map'")]
    [InlineData("{}", "no object 'weight_map'")]
    [InlineData("""{"weight_map":[]}""", "no object 'weight_map'")]
    [InlineData("""{"weight_map":{}}""", "is empty")]
    [InlineData("""{"weight_map":{"a":1}}""", "the shard of 'a' is a JSON Number")]
    [InlineData("""{"weight_map":{"a":"1.safetensors","a":"2.safetensors"}}""", "isn't valid JSON")]
    [InlineData("[[[[[[[[[[[[[[[[[[", "isn't valid JSON")]
    public void BadIndexesAreRefused(string index, string says) => RefusedIndex(index, says);

    [Fact]
    public void AnIndexThatIsNotUtf8IsRefused()
    {
        using var folder = new TempFolder();
        folder.Write(Index, [.. """{"weight_map":{"a"""u8, 0xFF, .. "\":\"1.safetensors\"}}"u8]);
        Assert.Contains($"{Index} isn't UTF-8 text (byte 17 is 0xFF)", Refused(folder.Path));
    }

    [Fact]
    public void AnIndexMayBeginWithAByteOrderMark()
    {
        using var folder = new TempFolder();
        Shard(folder, "1.safetensors", "a");
        folder.Write(Index, [.. "\uFEFF"u8, .. """{"weight_map":{"a":"1.safetensors"}}"""u8]);
        using WeightFiles weights = WeightFiles.Open(folder.Path, "model");
        Assert.Equal(["a"], weights.Names);
    }

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

    private static void Pickle(TempFolder folder, string file, string name) => PickleWriter.Zip(
        folder[file], 0, ("x/data.pkl", PickleWriter.Dictionary((name, PickleWriter.Tensor(0, [1], [1], 1)))), ("x/data/0", new byte[4]));

    private static void Shard(TempFolder folder, string file, params string[] names) =>
        SafetensorsWriter.Write(folder[file], names.Select(name => new TensorSource(name, DType.U8, [2], (_, bytes) => bytes.Clear())));
}
