using System.Text;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Tensors.Tests.Safetensors;

public sealed class SafetensorsFileTests
{
    [Fact]
    public void GivesViewsOfTheDataInTheirType()
    {
        using var folder = new TempFolder();
        byte[] bytes = RawFile.Of(
            """{"__metadata__":{"format":"pt"},"b":{"dtype":"U8","shape":[2,2],"data_offsets":[2,6]}"""
            + ""","a":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}""",
            6);
        using SafetensorsFile file = SafetensorsFile.Open(folder.Write("x.safetensors", bytes));

        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(["b", "a"], file.Names);
        Assert.Equal(DType.Bool, file["a"].Type);
        Assert.Equal(bytes[^4..], file["b"].AsReadOnlySpan<byte>().ToArray());
        Assert.True(file["b"].Shape == [2, 2]);
        Assert.Equal(bytes.Length, file.Bytes);
        Assert.False(file.TryGet("c", out _));
    }

    [Fact]
    public void ReadsScalarsEmptyTensorsAndFilesWithoutTensors()
    {
        using var folder = new TempFolder();
        using SafetensorsFile file = SafetensorsFile.Open(folder.Write("x", RawFile.Of(
            """{"scalar":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"empty":{"dtype":"F32","shape":[3,0,2],"data_offsets":[4,4]}}  """,
            4)));
        Assert.Equal(1, file["scalar"].Count);
        Assert.Equal(0, file["scalar"].Shape.Rank);
        Assert.Empty(file["empty"].ToFloats());

        using SafetensorsFile none = SafetensorsFile.Open(folder.Write("none", RawFile.Of("{}")));
        Assert.Empty(none.Names);
    }

    [Fact]
    public void ATensorOfAClosedFileIsAnErrorNotACrash()
    {
        using var folder = new TempFolder();
        SafetensorsFile file = SafetensorsFile.Open(
            folder.Write("x", RawFile.Of("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1)));
        Tensor tensor = file["a"];
        file.Dispose();
        Assert.Throws<TensorException>(() => tensor.AsReadOnlySpan<byte>().Length);
    }

    [Fact]
    public void ThousandsOfTensorsAreAllThere()
    {
        const int Count = 5000;
        using var folder = new TempFolder();
        var header = new StringBuilder("{");
        for (int i = 0; i < Count; i++)
        {
            header.Append(i > 0 ? "," : "").Append($"\"transformer_blocks.{i}.attn1.to_q.weight\":");
            header.Append($"{{\"dtype\":\"BF16\",\"shape\":[1,1],\"data_offsets\":[{2 * i},{2 * i + 2}]}}");
        }
        byte[] content = RawFile.Of(header.Append('}').ToString(), 2 * Count);
        using SafetensorsFile file = SafetensorsFile.Open(folder.Write("x", content));
        Assert.Equal(Count, file.Names.Count);
        for (int i = 0; i < Count; i++)
        {
            byte[] expected = content[^(2 * (Count - i))..][..2];
            ushort[] actual = file[$"transformer_blocks.{i}.attn1.to_q.weight"].AsReadOnlySpan<ushort>().ToArray();
            Assert.Equal(expected, actual.SelectMany(BitConverter.GetBytes));
        }
    }

    [Fact]
    public void AFileLargerThanMemoryOpensWithoutBeingRead()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Files aren't sparse by themselves there.");
        using var folder = new TempFolder();
        const long Bytes = 64L << 30;
        byte[] header = RawFile.Of($$$"""{"a":{"dtype":"F32","shape":[16384,1048576],"data_offsets":[0,{{{Bytes}}}]}}""");
        using (FileStream sparse = File.Create(folder["x"]))
        {
            sparse.Write(header);
            sparse.SetLength(header.Length + Bytes);
        }
        using SafetensorsFile file = SafetensorsFile.Open(folder["x"]);
        Assert.Equal(0, file["a"].Rows(16383, 1).AsReadOnlySpan<float>()[^1]);
    }

    // The memory is read-only: a write that isn't refused ends the process.
    [Fact]
    public void AMappedTensorIsReadButNotWritten()
    {
        using var folder = new TempFolder();
        byte[] content = RawFile.Of("""{"a":{"dtype":"U8","shape":[2,1],"data_offsets":[0,2]}}""", 2);
        using SafetensorsFile file = SafetensorsFile.Open(folder.Write("x", content));
        Assert.Equal(content[^1], file["a"].Rows(1, 1).AsReadOnlySpan<byte>()[0]);
        var error = Assert.Throws<TensorException>(() => file["a"].Rows(1, 1).AsSpan<byte>().Length);
        Assert.Contains("mapped file", error.Message);
        Assert.Contains("AsReadOnlySpan", error.Message);
    }

    [Fact]
    public void AMissingNameIsAnsweredWithThoseThatAreThere()
    {
        using var folder = new TempFolder();
        using SafetensorsFile file = SafetensorsFile.Open(
            folder.Write("x", RawFile.Of("""{"latents":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1)));
        var error = Assert.Throws<SafetensorsException>(() => file["frames"]);
        Assert.Contains("'frames'", error.Message);
        Assert.Contains("'latents'", error.Message);
    }
}
