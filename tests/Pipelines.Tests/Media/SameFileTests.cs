using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Media;

public class SameFileTests
{
    [Fact]
    public void Paths_are_compared_by_where_they_lead()
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder["real"]);
        Directory.CreateSymbolicLink(folder["link"], folder["real"]);
        File.WriteAllText(folder["real/a"], "");
        File.WriteAllText(folder["real/b"], "");
        Assert.True(SameFile.Are(folder["real/a"], folder["link/a"]));
        Assert.True(SameFile.Are(folder["real/a"], folder["real/../real/./a"]));
        Assert.True(SameFile.Are(folder["real/new"], folder["link/new"]));
        Assert.True(SameFile.Are(folder["real"], folder["link/"]));
        Assert.False(SameFile.Are(folder["real/a"], folder["link/b"]));
        Assert.False(SameFile.Are(folder["real/new"], folder["real/newer"]));
        Assert.False(SameFile.Are("", folder["real/a"]));
        Assert.False(SameFile.Are(folder["real/a"], "\0"));
    }

    [Fact]
    public void Two_names_of_one_file_are_one_file()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere files aren't asked who they are");
        using var folder = new TestFolder();
        File.WriteAllText(folder["a"], "");
        Tools.Run("ln", folder["a"], folder["b"]);
        Assert.True(SameFile.Are(folder["a"], folder["b"]));
    }
}
