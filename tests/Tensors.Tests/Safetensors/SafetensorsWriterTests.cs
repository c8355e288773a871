using System.Runtime.InteropServices;
using System.Text;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Safetensors;

public sealed class SafetensorsWriterTests
{
    [Fact]
    public void EveryTypeComesBackAsItWas()
    {
        using var folder = new TempFolder();
        Shape[] shapes = [[], [3], [2, 0], [2, 1, 5]];
        TensorSource[] written = [.. DType.All.SelectMany(type => shapes.Select(shape => Counting($"{type}.{shape}", type, shape)))];
        var metadata = new Dictionary<string, string> { ["prompt"] = "a “red” circle\n<b>", ["empty"] = "" };
        SafetensorsWriter.Write(folder["x"], written, metadata);

        using SafetensorsFile file = SafetensorsFile.Open(folder["x"]);
        Assert.Equal(metadata, file.Metadata);
        Assert.Equal(written.Length, file.Names.Count);
        foreach (TensorSource source in written)
        {
            byte[] expected = new byte[source.Bytes];
            source.Fill(0, expected);
            Assert.Equal(source.Type, file[source.Name].Type);
            Assert.True(source.Shape == file[source.Name].Shape);
            Assert.Equal(expected, BytesOf(file[source.Name]));
        }
    }

    [Fact]
    public void TensorsOfAFileCanBeWrittenAgain()
    {
        using var folder = new TempFolder();
        SafetensorsWriter.Write(folder["x"], [Counting("a", DType.F32, [3, 5]), Counting("b", DType.BF16, [7])]);
        using SafetensorsFile file = SafetensorsFile.Open(folder["x"]);
        SafetensorsWriter.Write(folder["y"], file.Names.ToDictionary(name => name, name => file[name]));
        Assert.Equal(File.ReadAllBytes(folder["x"]), File.ReadAllBytes(folder["y"]));
    }

    [Fact]
    public void TheBytesAreThoseOfTheReferenceLibrary()
    {
        using var folder = new TempFolder();
        SafetensorsWriter.Write(
            folder["x"], [Counting("b", DType.U8, [1]), Counting("c", DType.F32, [1]), Counting("a", DType.F32, [1])],
            new Dictionary<string, string> { ["format"] = "pt" });
        string header =
            """{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"""
            + ""","c":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"b":{"dtype":"U8","shape":[1],"data_offsets":[8,9]}}""";
        byte[] bytes = File.ReadAllBytes(folder["x"]);
        long length = BitConverter.ToInt64(bytes);
        Assert.Equal(0, length % 8);
        Assert.Equal(header, Encoding.UTF8.GetString(bytes, 8, (int)length).TrimEnd(' '));
        Assert.Equal(8 + length + 9, bytes.Length);
    }

    [Fact]
    public void TensorsAreInTheReferenceLibrarysOrderOfTypes()
    {
        using var folder = new TempFolder();
        SafetensorsWriter.Write(folder["x"], DType.All.Select(type => Counting($"{type}", type, [2])));
        using SafetensorsFile file = SafetensorsFile.Open(folder["x"]);
        Assert.Equal(
            "U64 I64 F64 F32 U32 I32 BF16 F16 U16 I16 F8_E4M3 F8_E5M2 I8 U8 BOOL", string.Join(' ', file.Names));
    }

    /// <summary>A file of the reference library with four types.</summary>
    [Fact]
    public void AFileOfTheReferenceLibraryIsWrittenAgainByteForByte()
    {
        using var folder = new TempFolder();
        string golden = ForeignGolden.Path("single/scaled-fp8-new.safetensors");
        using SafetensorsFile file = SafetensorsFile.Open(golden);
        SafetensorsWriter.Write(folder["x"], file.Names.Reverse().ToDictionary(name => name, name => file[name]));
        Assert.Equal(File.ReadAllBytes(golden), File.ReadAllBytes(folder["x"]));
    }

    [Fact]
    public void BigTensorsAreAskedForInChunksOfWholeElements()
    {
        using var folder = new TempFolder();
        const int Count = 700_001;
        int largest = 0;
        SafetensorsWriter.Write(folder["x"], [new TensorSource("a", DType.I64, [Count], (first, bytes) =>
        {
            largest = Math.Max(largest, bytes.Length);
            Span<long> numbers = MemoryMarshal.Cast<byte, long>(bytes);
            for (int i = 0; i < numbers.Length; i++)
                numbers[i] = first + i;
        })]);
        using SafetensorsFile file = SafetensorsFile.Open(folder["x"]);
        Assert.InRange(largest, 1, 1 << 20);
        Assert.Equal(Enumerable.Range(0, Count).Select(i => (long)i), file["a"].AsReadOnlySpan<long>().ToArray());
    }

    [Fact]
    public void AFailedWriteLeavesTheOldFileAndNothingElse()
    {
        using var folder = new TempFolder();
        string path = folder.Write("x", [1, 2, 3]);
        Assert.Throws<InvalidOperationException>(
            () => SafetensorsWriter.Write(path, [new TensorSource("a", DType.U8, [5], (_, _) => throw new InvalidOperationException())]));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void AFullDiskIsSaidWithWhatIsNeeded()
    {
        using var folder = new TempFolder();
        var error = Assert.Throws<SafetensorsException>(
            () => SafetensorsWriter.Write(folder["x"], [Counting("a", DType.F32, [1 << 20, 1 << 20, 1 << 10])]));
        Assert.Contains(folder["x"], error.Message);
        Assert.Contains("4503599627.4 MB are needed", error.Message);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void PathsThatCantBeWrittenAreNamed()
    {
        using var folder = new TempFolder();
        Assert.Contains("is a folder", Refused(folder.Path));
        Assert.Contains("doesn't exist. Create it first", Refused(folder["none/x"]));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void AFolderWithoutPermissionIsNamed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "This user may write everywhere.");
        using var folder = new TempFolder();
        string closed = Directory.CreateDirectory(folder["closed"]).FullName;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Contains($"may not create files in {closed}. Choose another folder", Refused(Path.Combine(closed, "x")));
    }

    [Fact]
    public void NamesThatAReaderWouldRefuseAreNotWritten()
    {
        using var folder = new TempFolder();
        Assert.Contains("'a'", Refused(folder["x"], "a", "a"));
        Assert.Contains("__metadata__", Refused(folder["x"], "__metadata__"));
        Assert.Contains("no control characters", Refused(folder["x"], "a\n"));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    private static string Refused(string path, params string[] names) =>
        Assert.Throws<SafetensorsException>(
            () => SafetensorsWriter.Write(path, names.Select(name => Counting(name, DType.U8, [1])))).Message;

    private static TensorSource Counting(string name, DType type, Shape shape) => new(name, type, shape, (first, bytes) =>
    {
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(first * type.Size + i + name.Length);
    });

    private static byte[] BytesOf(Tensor tensor) => tensor.Type.Size switch
    {
        1 => tensor.AsReadOnlySpan<byte>().ToArray(),
        2 => MemoryMarshal.AsBytes(tensor.AsReadOnlySpan<short>()).ToArray(),
        4 => MemoryMarshal.AsBytes(tensor.AsReadOnlySpan<int>()).ToArray(),
        _ => MemoryMarshal.AsBytes(tensor.AsReadOnlySpan<long>()).ToArray(),
    };
}
