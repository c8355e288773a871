using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Memory;

/// <summary>A buffer or variable: pinned bytes at an address of its state space.</summary>
internal sealed unsafe class Allocation : IDisposable
{
    /// <summary>Room for one vector past the end, so that copies of whole vectors stay inside.</summary>
    private const int Behind = 64;

    private readonly SparseBytes? sparse;
    private byte[] bytes = [];

    /// <param name="isSparse">zeros that take no memory until they are written</param>
    public Allocation(string name, StateSpace space, ulong address, long size, bool isInitialized, bool isSparse = false)
    {
        Name = name;
        Space = space;
        Address = address;
        Size = size;
        if (isSparse)
        {
            Data = (sparse = new SparseBytes(size + Behind)).Data;
        }
        else
        {
            bytes = GC.AllocateArray<byte>(checked((int)size + Behind), pinned: true);
            Data = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref bytes[0]);
        }
        Shadow = new Shadow(size, isInitialized ? Cell.Host : Cell.Never);
    }

    public string Name { get; }

    public StateSpace Space { get; }

    public ulong Address { get; }

    /// <summary>Bytes; none once it is freed.</summary>
    public long Size { get; private set; }

    /// <summary>How a block of malloc was freed, in words; null while it may be used.</summary>
    public string? Freed { get; private set; }

    /// <summary>Bytes that it had.</summary>
    public long FreedSize { get; private set; }

    /// <summary>Bytes that its address is promised to be a multiple of; the driver's own allocations get 256.</summary>
    public int Align { get; init; } = 256;

    public byte* Data { get; }

    public Shadow Shadow { get; private set; }

    /// <summary>Places that strong writes went to; null while there are none.</summary>
    public StrongPlaces? Strong { get; set; }

    /// <summary>Some of the bytes, which must lie inside.</summary>
    public Span<byte> Part(long offset, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + count, Size);
        return new Span<byte>(Data + offset, count);
    }

    public string SpaceText => Space == StateSpace.SharedCluster ? "shared" : Space.ToString().ToLowerInvariant();

    /// <summary>From here on nothing lies in it.</summary>
    /// <param name="keepsBytes">asynchronous work may still hold pointers</param>
    public void End(string freed, bool keepsBytes)
    {
        (Freed, FreedSize, Size, Strong, Shadow) = (freed, Size, 0, null, new Shadow(0, Cell.Never));
        if (!keepsBytes)
            bytes = [];
    }

    public void Dispose() => sparse?.Dispose();

    public bool Contains(ulong address, int count) => address >= Address && address - Address + (ulong)count <= (ulong)Size;
}
