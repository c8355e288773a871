using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Tests.Safetensors;

namespace CogVideoX.Tensors.Tests.Files;

public sealed class WorkFolderTests
{
    [Fact]
    public void ItGoesWithEverythingInIt()
    {
        using var folder = new TempFolder();
        using (WorkFolder work = WorkFolder.Create(folder.Path))
        {
            Directory.CreateDirectory(work["sub"]);
            File.WriteAllText(work["sub/file"], "");
            Assert.Single(Directory.GetFileSystemEntries(folder.Path));
        }
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void WhatAKilledProgramLeftIsSweptByTheNext()
    {
        using var folder = new TempFolder();
        string left = Leave(folder, 'a');
        File.WriteAllText(Path.Combine(left, "clip.mp4"), "half");
        Age(left);
        WorkFolder.Create(folder.Path).Dispose();
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    // A lock file has a length once it has been locked: nobody is about to.
    [Fact]
    public void WhatItLeftAMomentAgoIsSweptToo()
    {
        using var folder = new TempFolder();
        string left = Directory.CreateDirectory(folder[$".cogvideox-{new string('a', 32)}.tmp"]).FullName;
        using (WorkFolder work = WorkFolder.Create(folder.Path))
            File.WriteAllBytes(Path.Combine(left, ".lock"), new byte[new FileInfo(work[".lock"]).Length]);
        File.WriteAllText(Path.Combine(left, "clip.mp4"), "half");
        WorkFolder.Create(folder.Path).Dispose();
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void WhatARunningProgramHoldsStays()
    {
        using var folder = new TempFolder();
        using WorkFolder other = WorkFolder.Create(folder.Path);
        File.WriteAllText(other["clip.mp4"], "half");
        Age(other.Location);
        WorkFolder.Create(folder.Path).Dispose();
        Assert.Equal("half", File.ReadAllText(other["clip.mp4"]));
    }

    [Fact]
    public void AFolderThatMayBeAboutToBeLockedStays()
    {
        using var folder = new TempFolder();
        string withLock = Leave(folder, 'a'), without = Leave(folder, 'b'), old = Leave(folder, 'c');
        File.Delete(Path.Combine(without, ".lock"));
        File.Delete(Path.Combine(old, ".lock"));
        Directory.SetLastWriteTimeUtc(withLock, DateTime.UtcNow);
        Directory.SetLastWriteTimeUtc(without, DateTime.UtcNow);
        Age(old);
        WorkFolder.Create(folder.Path).Dispose();
        Assert.Equal([withLock, without], Directory.GetFileSystemEntries(folder.Path).Order());
    }

    [Fact]
    public void ManyAtOnceLeaveEachOtherAlone()
    {
        using var folder = new TempFolder();
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 32 }, i =>
        {
            using WorkFolder work = WorkFolder.Create(folder.Path);
            File.WriteAllText(work["file"], $"{i}");
            Assert.Equal($"{i}", File.ReadAllText(work["file"]));
        });
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void WhatOnlyLooksAlikeStays()
    {
        using var folder = new TempFolder();
        string real = Directory.CreateDirectory(folder["real"]).FullName;
        File.WriteAllText(Path.Combine(real, ".lock"), "");
        Age(real);
        Directory.CreateSymbolicLink(folder[$".cogvideox-{new string('a', 32)}.tmp"], real);
        File.WriteAllText(folder[$".cogvideox-{new string('b', 32)}.tmp"], "a file");
        string[] others =
        [
            ".cogvideox-1234.tmp", $".cogvideox-{new string('g', 32)}.tmp", $"cogvideox-{new string('a', 32)}.tmp",
            ".clip.mp4.12345678.tmp",
        ];
        foreach (string name in others)
        {
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(folder[name]).FullName, ".lock"), "");
            Age(folder[name]);
        }
        int before = Directory.GetFileSystemEntries(folder.Path).Length;
        WorkFolder.Create(folder.Path).Dispose();
        Assert.Equal(before, Directory.GetFileSystemEntries(folder.Path).Length);
        Assert.True(File.Exists(Path.Combine(real, ".lock")));
    }

    private static string Leave(TempFolder folder, char letter)
    {
        string left = Directory.CreateDirectory(folder[$".cogvideox-{new string(letter, 32)}.tmp"]).FullName;
        File.WriteAllText(Path.Combine(left, ".lock"), "");
        Age(left);
        return left;
    }

    private static void Age(string folder) => Directory.SetLastWriteTimeUtc(folder, DateTime.UtcNow.AddMinutes(-2));
}
