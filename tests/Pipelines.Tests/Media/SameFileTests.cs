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

    [Fact]
    public void What_is_read_is_lost_with_what_stands_around_it_or_in_it()
    {
        using var folder = new TestFolder();
        foreach (string made in new[] { "read/sub", "other", "linked" })
            Directory.CreateDirectory(folder[made]);
        string[] files = ["read/0001.png", "read/sub/0001.png", "read/clip.mp4", "other/0001.png", "linked/0001.png"];
        foreach (string file in files)
            File.WriteAllText(folder[file], "");
        Directory.CreateSymbolicLink(folder["link"], folder["read"]);
        File.CreateSymbolicLink(folder["read/0002.png"], folder["linked/0001.png"]);
        string[] lost = ["read", "link/", "read/sub/..", "read/0001.png", "link/0001.png", ".", "linked", "linked/0001.png"];
        Assert.All(lost, place => Assert.True(SameFile.IsLost(folder[place], folder["read"]), place));
        string[] kept =
            ["read/clip.mp4", "read/new.png", "read/sub", "read/sub/0001.png", "other", "other/0001.png", "reader", "new/0001.png"];
        Assert.All(kept, place => Assert.False(SameFile.IsLost(folder[place], folder["read"]), place));
        Assert.True(SameFile.IsLost(folder["other"], folder["other/0001.png"]));
        Assert.False(SameFile.IsLost(folder["other/0001.png"], folder["other/0002.png"]));
    }
}
