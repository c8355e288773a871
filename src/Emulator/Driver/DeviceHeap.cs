using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Driver;

/// <summary>
/// malloc and free of kernels (CUDA programming guide, dynamic global memory allocation). A block's addresses are never given out again,
/// so that whoever uses it after its end is found out.
/// </summary>
internal sealed class DeviceHeap(GlobalMemory globals)
{
    private const long HeapBytes = 8 << 20;   // cudaLimitMallocHeapSize unless a program sets it
    private const ulong Granule = 16;
    private const long MostBytesEver = 1L << 30;
    private const int MostBlocks = 1 << 20;

    private readonly Dictionary<ulong, Allocation> blocks = [];
    private long used;
    private long everUsed;

    /// <summary>Address of a new block whose bytes nobody has written; 0 if the heap has no room.</summary>
    public ulong Take(ulong bytes, LaneCall call)
    {
        if (bytes > HeapBytes || Padded(bytes) > HeapBytes - used)
            return 0;
        used += Padded(bytes);
        everUsed += Padded(bytes);
        if (everUsed > MostBytesEver || blocks.Count >= MostBlocks)
        {
            throw call.Fault(
                FaultKind.Limit,
                $"malloc has given out {everUsed} bytes in {blocks.Count} blocks; since freed blocks are watched, "
                + $"a launch may have {MostBytesEver} bytes in {MostBlocks} blocks in all");
        }
        Allocation block = globals.New($"malloc at line {call.Line}", (long)bytes, isInitialized: false, align: (int)Granule);
        blocks.Add(block.Address, block);
        return block.Address;
    }

    /// <summary>Ends a block; everybody's accesses to it must come before.</summary>
    public void Free(ulong address, LaneCall call)
    {
        if (address == 0)
            return;
        if (!blocks.TryGetValue(address, out Allocation? block))
            throw Wrong(FaultKind.Invalid, "free of an address that malloc didn't return", globals.Find(address, 1));
        if (block.Freed is { } earlier)
            throw Wrong(FaultKind.FreedTwice, $"the block was {earlier}", block);
        RequireOrder(block, call);
        used -= Padded((ulong)block.Size);
        block.End($"freed at line {call.Line} by {call.Caller}", keepsBytes: call.Warp.Cta.Launch.Pending.Any);

        FaultException Wrong(FaultKind kind, string message, Allocation? at) =>
            new(kind, message) { Lane = call.Lane, Address = address, Allocation = at?.Name };
    }

    /// <summary>Later launches have the limits of what was ever given out anew; freed blocks aren't known to them.</summary>
    public void EndLaunch()
    {
        everUsed = used;
        foreach ((ulong address, Allocation block) in blocks)
        {
            if (block.Freed is not null)
                blocks.Remove(address);
        }
    }

    private static long Padded(ulong bytes) => (long)(Math.Max(bytes, 1) + Granule - 1 & ~(Granule - 1));

    private static unsafe void RequireOrder(Allocation block, LaneCall call)
    {
        if (block.Size == 0)
            return;
        try
        {
            block.Shadow.Write(block, 0, (int)block.Size, call.Warp.Access, null);
        }
        catch (FaultException fault)
        {
            throw new FaultException(fault.Kind, $"free: {fault.Message}")
            {
                Lane = fault.Lane,
                Address = fault.Address,
                Allocation = fault.Allocation,
            };
        }
    }
}
