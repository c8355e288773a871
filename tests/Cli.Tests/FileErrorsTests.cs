using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests;

/// <summary>What .NET throws about files, in words to act on.</summary>
public sealed class FileErrorsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AFileThatIsntThere() =>
        Assert.Equal($"{folder.File("it's")} doesn't exist; check the path.", Describe(() => File.ReadAllBytes(folder.File("it's"))));

    [Fact]
    public void AFolderThatIsntThere() => Assert.Equal(
        $"{folder.File("no/file")}: there is no such folder; make it first, or check the path.",
            Describe(() => File.Create(folder.File("no/file"))));

    [Fact]
    public void AFolderInTheFilesPlace() =>
        Assert.Equal($"{folder.Path} is a folder; a file is needed there.", Describe(() => File.OpenRead(folder.Path)));

    [Fact]
    public void AFullDisk()
    {
        if (!File.Exists("/dev/full"))
            Assert.Skip("This system has no disk that is always full.");
        using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        Assert.EndsWith("the disk is full; free some space, or choose another disk.", Describe(() => full.Write([1])));
    }

    [Fact]
    public void WhatIsOursIsLeftAsItIs() =>
        Assert.Equal("our own words", FileErrors.Describe(new FileNotFoundException("our own words", "file")));

    private static string Describe(Action act) => FileErrors.Describe(Assert.ThrowsAny<Exception>(act));
}
