using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Memory;

/// <summary>A buffer or variable: pinned bytes at an address of its state space.</summary>
internal sealed unsafe class Allocation
{
    private readonly byte[] bytes;

    public Allocation(string name, StateSpace space, ulong address, long size, bool isInitialized)
    {
        Name = name;
        Space = space;
        Address = address;
        Size = size;
        // room for one vector past the end, so that copies of whole vectors stay inside
        bytes = GC.AllocateArray<byte>(checked((int)size + 64), pinned: true);
        Data = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref bytes[0]);
        Shadow = new Shadow(size, isInitialized ? Cell.Host : Cell.Never);
    }

    public string Name { get; }

    public StateSpace Space { get; }

    public ulong Address { get; }

    public long Size { get; }

    /// <summary>Bytes that its address is promised to be a multiple of; the driver's own allocations get 256.</summary>
    public int Align { get; init; } = 256;

    public byte* Data { get; }

    public Shadow Shadow { get; }

    /// <summary>Places that strong writes went to; null while there are none.</summary>
    public StrongPlaces? Strong { get; set; }

    public Span<byte> Bytes => bytes.AsSpan(0, (int)Size);

    public string SpaceText => Space == StateSpace.SharedCluster ? "shared" : Space.ToString().ToLowerInvariant();

    public bool Contains(ulong address, int count) => address >= Address && address - Address + (ulong)count <= (ulong)Size;
}
