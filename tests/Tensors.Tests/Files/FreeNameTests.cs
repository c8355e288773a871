using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Tests.Safetensors;

namespace CogVideoX.Tensors.Tests.Files;

public sealed class FreeNameTests
{
    public static TheoryData<bool> Ways => [true, false];

    [Theory]
    [MemberData(nameof(Ways))]
    public void AFreeNameIsTakenAndATakenOneKept(bool reserves)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["first"], "first");
        File.WriteAllText(folder["second"], "second");
        Assert.True(Take(reserves, folder["name"], folder["first"]));
        Assert.False(Take(reserves, folder["name"], folder["second"]));
        Assert.Equal("first", File.ReadAllText(folder["name"]));
        Assert.Equal("second", File.ReadAllText(folder["second"]));
        Assert.False(File.Exists(folder["first"]));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void OfManyAtOnceOneGetsTheName(bool reserves)
    {
        const int Count = 16, Rounds = 20;
        using var folder = new TempFolder();
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < Count; i++)
                File.WriteAllText(folder[$"{round}-{i}"], $"{i}");
            var got = new bool[Count];
            Parallel.For(
                0, Count, new ParallelOptions { MaxDegreeOfParallelism = Count },
                i => got[i] = Take(reserves, folder[$"name{round}"], folder[$"{round}-{i}"]));
            Assert.Single(got, true);
            Assert.Equal($"{Array.IndexOf(got, true)}", File.ReadAllText(folder[$"name{round}"]));
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void AFolderInTheWayCountsAsTaken(bool reserves)
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["name"]);
        File.WriteAllText(folder["file"], "");
        Assert.False(Take(reserves, folder["name"], folder["file"]));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void AMissingFolderIsAnError(bool reserves)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["file"], "");
        Assert.ThrowsAny<IOException>(() => Take(reserves, folder["nowhere/name"], folder["file"]));
    }

    [Fact]
    public void AFolderTakesAnEmptyPlaceOnly()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["new"]);
        File.WriteAllText(folder["new/file"], "");
        Directory.CreateDirectory(folder["full"]);
        File.WriteAllText(folder["full/theirs"], "");
        Directory.CreateDirectory(folder["empty"]);
        File.WriteAllText(folder["file"], "");
        Assert.False(FreeName.TryTakeForFolder(folder["full"], folder["new"]));
        Assert.False(FreeName.TryTakeForFolder(folder["file"], folder["new"]));
        Assert.True(FreeName.TryTakeForFolder(folder["empty"], folder["new"]));
        Assert.True(File.Exists(folder["empty/file"]));
    }

    private static bool Take(bool reserves, string name, string file) =>
        reserves ? FreeName.TryReserve(name, file) : FreeName.TryTake(name, file);
}
