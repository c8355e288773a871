using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Memory;

/// <summary>A CTA's shared memory: one allocation a variable.</summary>
internal sealed class SharedMemory
{
    private readonly AllocationTable table = new(StateSpace.Shared);

    public SharedMemory(SharedLayout layout)
    {
        foreach ((uint address, PtxVariable variable, long size) in layout.Variables.OrderBy(v => v.Address))
            table.Add(new Allocation(variable.Name, StateSpace.Shared, address, size, isInitialized: false) { Align = variable.Align });
        Used = layout.Used;
    }

    public long Used { get; }

    /// <summary>Nobody has written anything there.</summary>
    public void Reset()
    {
        foreach (Allocation at in table.All)
            at.Reset();
    }

    /// <summary>The allocation that holds all the bytes, if one does.</summary>
    public Allocation? Find(ulong address, int bytes) => table.Find(address) is { } at && at.Contains(address, bytes) ? at : null;

    /// <summary>At the CTA's end: what other CTAs of the cluster did here must have happened before.</summary>
    public void RequireNoForeignAccess(int cta, VectorClock known)
    {
        foreach (Allocation at in table.All)
            at.Shadow.RequireNoForeignAccess(at, cta, known);
    }

    public Allocation Locate(ulong address, int bytes, int lane) => table.Locate(address, bytes, lane);
}
