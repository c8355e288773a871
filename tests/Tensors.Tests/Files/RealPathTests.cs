using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Tensors.Tests.Safetensors;

namespace CogVideoX.Tensors.Tests.Files;

public sealed class RealPathTests
{
    [Fact]
    public void LinksAreFollowedWhereverTheyStand()
    {
        using var folder = new TempFolder();
        string root = RealPath.Of(folder.Path);
        Directory.CreateDirectory(folder["a/b"]);
        Directory.CreateSymbolicLink(folder["toB"], folder["a/b"]);
        Directory.CreateSymbolicLink(folder["a/b/up"], "../../a");
        File.CreateSymbolicLink(folder["dangling"], "toB/new");
        Assert.Equal(Path.Combine(root, "a/b/c"), RealPath.Of(folder["toB/c"]));
        Assert.Equal(Path.Combine(root, "a/x"), RealPath.Of(folder["toB/up/x"]));
        Assert.Equal(Path.Combine(root, "a/b/new"), RealPath.Of(folder["dangling"]));
        Assert.Equal(Path.Combine(root, "nothing/here"), RealPath.Of(folder["nothing/here/"]));
    }

    [Fact]
    public void LinksInACircleAreAnError()
    {
        using var folder = new TempFolder();
        File.CreateSymbolicLink(folder["a"], folder["b"]);
        File.CreateSymbolicLink(folder["b"], folder["a"]);
        Assert.Contains("circle", Assert.Throws<IOException>(() => RealPath.Of(folder["a"])).Message);
        SafetensorsException error = Assert.Throws<SafetensorsException>(
            () => SafetensorsWriter.Write(folder["a"], Array.Empty<TensorSource>()));
        Assert.Contains("circle", error.Message);
    }

    [Fact]
    public void WeightsAreWrittenThroughALinkThatStays()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["disk"]);
        File.CreateSymbolicLink(folder["x.safetensors"], "disk/real.safetensors");
        SafetensorsWriter.Write(folder["x.safetensors"], Array.Empty<TensorSource>());
        Assert.Equal("disk/real.safetensors", new FileInfo(folder["x.safetensors"]).LinkTarget);
        Assert.Equal(["real.safetensors"], Directory.GetFileSystemEntries(folder["disk"]).Select(entry => Path.GetFileName(entry)));
    }
}
