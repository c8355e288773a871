using System.IO.MemoryMappedFiles;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Planning;

/// <summary>What counts as taken: what this process holds for itself, and not what it maps.</summary>
[Collection(nameof(SystemMemoryTests))]
[CollectionDefinition(nameof(SystemMemoryTests), DisableParallelization = true)]
public sealed class SystemMemoryTests
{
    private const long Size = 256L << 20;

    private static readonly string[] Status = ["VmRSS:\t 5000 kB", "RssAnon:\t   1000 kB", "RssFile:\t   4000 kB"];

    [Fact]
    public void TheContainersLimitLessWhatIsHeldAnonymously() =>
        Assert.Equal((8000 - 1000) * 1024, SystemMemory.Free(8000 * 1024, ["MemTotal: 9999999 kB", "MemAvailable:    9000 kB"], Status));

    [Fact]
    public void NoMoreThanTheSystemHas() =>
        Assert.Equal(300 * 1024, SystemMemory.Free(8000 * 1024, ["MemTotal: 9999999 kB", "MemAvailable:     300 kB"], Status));

    [Fact]
    public void NeverLessThanNothing() => Assert.Equal(0, SystemMemory.Free(900 * 1024, ["MemAvailable: 9000 kB"], Status));

    [Fact]
    public void WithoutTheSystemsFilesTheProcessIsAsked() => Assert.InRange(SystemMemory.Free(1L << 60, [], []), 1, (1L << 60) - 1);

    [Fact]
    public void OfThisMachineItIsNoMoreThanThereIs() => Assert.InRange(SystemMemory.FreeBytes(), 1, SystemMemory.TotalBytes());

    [Fact]
    public void AMappedFileThatIsReadTakesNothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells mapped pages apart.");
        using var folder = new TemporaryFolder();
        string path = folder.File("weights");
        using (FileStream sparse = File.Create(path))
            sparse.SetLength(Size);
        using var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        using MemoryMappedViewAccessor view = file.CreateViewAccessor(0, Size, MemoryMappedFileAccess.Read);
        (long own, long all) = (SystemMemory.OwnBytes(), Environment.WorkingSet);
        int sum = 0;
        for (long page = 0; page < Size; page += 4096)
            sum += view.ReadByte(page);
        Assert.Equal(0, sum);
        Assert.InRange(Environment.WorkingSet - all, Size / 2, long.MaxValue);
        Assert.InRange(SystemMemory.OwnBytes() - own, long.MinValue, Size / 4);
    }

    [Fact]
    public void MemoryOfItsOwnIsTaken()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere it may lie in a file of the system.");
        long own = SystemMemory.OwnBytes();
        byte[] block = GC.AllocateUninitializedArray<byte>((int)Size);
        block.AsSpan().Fill(1);
        Assert.InRange(SystemMemory.OwnBytes() - own, Size / 2, long.MaxValue);
        GC.KeepAlive(block);
    }
}
