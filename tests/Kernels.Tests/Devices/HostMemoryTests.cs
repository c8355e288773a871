using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels.Tests.Devices;

/// <summary>Blocks of every size are aligned and theirs alone, whether huge pages were asked for or not.</summary>
public sealed unsafe class HostMemoryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(HostMemory.HugePage - 1)]
    [InlineData(HostMemory.HugePage)]
    [InlineData(3 * HostMemory.HugePage + 100)]
    public void BlocksAreAlignedAndApart(int bytes)
    {
        nint alignment = bytes >= HostMemory.HugePage && OperatingSystem.IsLinux() ? HostMemory.HugePage : 64;
        nint first = HostMemory.Allocate(bytes), second = HostMemory.Allocate(bytes);
        new Span<byte>((void*)first, bytes).Fill(1);
        new Span<byte>((void*)second, bytes).Fill(2);
        Assert.Equal((0, 0), (first % alignment, second % alignment));
        Assert.Equal(-1, new Span<byte>((void*)first, bytes).IndexOfAnyExcept((byte)1));
        Assert.Equal(-1, new Span<byte>((void*)second, bytes).IndexOfAnyExcept((byte)2));
        HostMemory.Free(first);
        HostMemory.Free(second);
    }
}
