using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Driver;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Memory;

/// <summary>Global memory: buffers, variables and blocks of the heap, each in its own 64 GiB of addresses.</summary>
/// <param name="isLasting">it outlives a launch: memory is sparse, and what was written counts as written in the next launch</param>
internal sealed class GlobalMemory(bool isLasting) : IDisposable
{
    /// <summary>So many freed allocations are watched before the addresses of the first are given out again.</summary>
    private const int MostWatched = 1 << 16;

    /// <summary>Pages of shadow memory that are kept for later launches.</summary>
    private const int MostSpare = 1 << 12;

    private readonly List<Allocation> all = [];
    private readonly Queue<int> freed = [];
    private readonly List<Allocation> touched = [];
    private readonly Stack<Cell[]> spare = [];

    private DeviceHeap? heap;

    /// <summary>malloc's.</summary>
    public DeviceHeap Heap => heap ??= new DeviceHeap(this);

    public Allocation New(string name, long size, bool isInitialized, int align = 256, bool isSparse = false)
    {
        int index = freed.Count > MostWatched ? freed.Dequeue() : all.Count;
        ulong address = AddressMap.Place((ulong)(index + 1) << AddressMap.GlobalShift, align);
        var made = new Allocation(name, StateSpace.Global, address, size, isInitialized, isSparse || isLasting, isLasting ? this : null)
        {
            Align = align,
        };
        if (index < all.Count)
            all[index] = made;
        else
            all.Add(made);
        return made;
    }

    /// <summary>Ends an allocation; whoever touches it from here on is found out.</summary>
    public void Free(Allocation at, string how)
    {
        at.End(how, keepsBytes: false);
        Retire(at);
    }

    /// <summary>The allocation that holds all the bytes, if one does.</summary>
    public Allocation? Find(ulong address, int bytes)
    {
        ulong index = (address >> AddressMap.GlobalShift) - 1;
        return index < (ulong)all.Count && all[(int)index].Contains(address, bytes) ? all[(int)index] : null;
    }

    /// <summary>The allocation whose 64 GiB an address lies in, freed ones too.</summary>
    public Allocation? Owner(ulong address)
    {
        ulong index = (address >> AddressMap.GlobalShift) - 1;
        return index < (ulong)all.Count ? all[(int)index] : null;
    }

    /// <summary>The allocation that holds all the bytes, or a fault.</summary>
    public Allocation Locate(ulong address, long bytes, int lane)
    {
        Allocation? at = Owner(address);
        if (at is not null && at.Contains(address, bytes))
            return at;
        if (at?.Freed is { } how && address - at.Address < (ulong)at.FreedSize)
        {
            throw new FaultException(
                FaultKind.UseAfterFree, $"global memory, {bytes} bytes of a block of {at.FreedSize} that was {how}")
            {
                Lane = lane,
                Address = address,
                Allocation = at.Name,
            };
        }
        // just below a buffer is another one's 64 GiB: name the nearer
        Allocation? above = Owner(address + (1UL << AddressMap.GlobalShift));
        if (above is not null && above.Address - address < 1 << 30)
            at = above;
        string where = at is null ? "nothing is allocated there" : $"{Printable.Name(at.Name)} has {at.Size} bytes from 0x{at.Address:x}";
        throw new FaultException(FaultKind.OutOfBounds, $"global memory, {bytes} bytes; {where}")
        {
            Lane = lane,
            Address = address,
            Allocation = at?.Name,
        };
    }

    /// <summary>A launch begins to use an allocation that lasts.</summary>
    public void Touch(Allocation at) => touched.Add(at);

    /// <summary>A page for a shadow, with whatever is in it.</summary>
    public Cell[] TakePage(int cells) => spare.TryPop(out Cell[]? page) ? page : GC.AllocateUninitializedArray<Cell>(cells);

    public void GivePage(Cell[] page)
    {
        if (spare.Count < MostSpare)
            spare.Push(page);
    }

    /// <summary>The launch is over: of what happened in it, only stays what was written.</summary>
    public void Settle()
    {
        foreach (Allocation at in touched)
        {
            if (at.Freed is null)
                at.Settle();
            else
                Retire(at);
        }
        touched.Clear();
        heap?.EndLaunch();
    }

    private void Retire(Allocation at)
    {
        at.Dispose();
        freed.Enqueue((int)(at.Address >> AddressMap.GlobalShift) - 1);
    }

    /// <summary>All that is allocated counts as written.</summary>
    public void MarkAllWritten()
    {
        foreach (Allocation at in all)
            at.Marks?.SetAll();
    }

    public void Dispose()
    {
        foreach (Allocation at in all)
            at.Dispose();
    }
}
