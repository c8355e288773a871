using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Files;

/// <summary>Devices, pipes and sockets are no files: nothing takes their place.</summary>
public sealed class FileStatusTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Kinds => new(SpecialFile.Kinds);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void IsToldAndStays(string kind)
    {
        string special = SpecialFile.Make(folder.File("special"), kind);
        File.WriteAllText(folder.File("file"), "new");
        Assert.Equal(kind, FileStatus.OtherThanFile(special));
        Assert.Contains(kind, Assert.Throws<IOException>(() => FileStatus.Replace(special, folder.File("file"))).Message);
        Assert.Equal(kind, SpecialFile.KindOf(special));
        Assert.Equal("new", File.ReadAllText(folder.File("file")));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void SafetensorsFileIsntWrittenThere(string kind)
    {
        string special = SpecialFile.Make(folder.File("special"), kind);
        File.CreateSymbolicLink(folder.File("link"), special);
        foreach (string path in new[] { special, folder.File("link") })
        {
            TensorSource[] tensors = [new("a", DType.F32, [1], (_, _) => Assert.Fail("nothing is computed for it"))];
            var written = Assert.Throws<SafetensorsException>(() => SafetensorsWriter.Write(path, tensors));
            var appended = Assert.Throws<SafetensorsException>(() => new SafetensorsAppender(path, [("a", [1])]));
            Assert.All([written, appended], refusal => Assert.StartsWith($"{path} is {kind}", refusal.Message));
        }
        Assert.Equal(kind, FileStatus.OtherThanFile(special));
        Assert.Equal(["link", "special"], folder.Names);
    }

    [Fact]
    public void FilesFoldersAndWhatIsntThereMayBeReplaced()
    {
        File.WriteAllText(folder.File("file"), "old");
        File.WriteAllText(folder.File("new"), "new");
        Assert.All([folder.Path, folder.File("file"), folder.File("none")], path => Assert.Null(FileStatus.OtherThanFile(path)));
        FileStatus.Replace(folder.File("file"), folder.File("new"));
        Assert.Equal("new", File.ReadAllText(folder.File("file")));
    }
}
