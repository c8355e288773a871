using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Memory;

/// <summary>A buffer or variable: pinned bytes at an address of its state space.</summary>
internal sealed unsafe class Allocation : IDisposable
{
    /// <summary>Room for one vector past the end, so that copies of whole vectors stay inside.</summary>
    private const int Behind = 64;

    private const long Word = 4;

    private readonly SparseBytes? sparse;
    private byte[] bytes = [];

    /// <param name="isSparse">zeros that take no memory until they are written</param>
    /// <param name="lasting">the global memory that it lasts in from launch to launch, or null</param>
    public Allocation(
        string name, StateSpace space, ulong address, long size, bool isInitialized, bool isSparse = false, GlobalMemory? lasting = null)
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
        if (lasting is null)
            return;
        Marks = new WrittenMarks(size);
        if (isInitialized)
            Marks.SetAll();
        Shadow.Last(lasting, this);
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

    /// <summary>What is written, between launches; null if it doesn't outlive one.</summary>
    public WrittenMarks? Marks { get; }

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

    /// <summary>A launch is over: nothing of it is remembered but what is written.</summary>
    public void Settle()
    {
        Strong = null;
        Shadow.Settle();
    }

    /// <summary>As it was at first: zeros, with nothing known of them.</summary>
    public void Reset()
    {
        Strong = null;
        Array.Clear(bytes);
        Shadow.Reset();
    }

    /// <summary>The host has put something there, or something that isn't written.</summary>
    public void Mark(long offset, long count, bool isWritten)
    {
        if (isWritten && offset == 0 && count == Size)
        {
            Marks!.SetAll();
            return;
        }
        // a last word that isn't whole is a cell all the same
        Shadow.Cut(offset, offset + count == Size ? ((Size + Word - 1) & -Word) - offset : count);
        Marks!.Set(offset, count, isWritten);
    }

    /// <summary>Bytes of another, or of this one, have been copied there: what isn't written there isn't here.</summary>
    public void MarkCopy(Allocation from, long source, long offset, long count)
    {
        if (from.Marks!.FindMissing(source, count) < 0)
        {
            Mark(offset, count, isWritten: true);
            return;
        }
        Shadow.Cut(0, 1);
        Shadow.ForgetKept(offset, count);
        Marks!.Copy(from.Marks, source, offset, count);
    }

    public void Dispose()
    {
        sparse?.Dispose();
        Marks?.Dispose();
    }

    public bool Contains(ulong address, long count) => address >= Address && address - Address + (ulong)count <= (ulong)Size;
}
