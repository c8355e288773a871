using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Memory;

/// <summary>A CTA's shared memory: one allocation a variable.</summary>
internal sealed class SharedMemory
{
    private readonly AllocationTable table = new(StateSpace.Shared);

    public SharedMemory(SharedLayout layout)
    {
        foreach ((uint address, PtxVariable variable, long size) in layout.Variables.OrderBy(v => v.Address))
            table.Add(new Allocation(variable.Name, StateSpace.Shared, address, size, isInitialized: false));
        Used = layout.Used;
    }

    public long Used { get; }

    /// <summary>The allocation that holds all the bytes, if one does.</summary>
    public Allocation? Find(ulong address, int bytes) => table.Find(address) is { } at && at.Contains(address, bytes) ? at : null;

    public Allocation Locate(ulong address, int bytes, int lane) => table.Locate(address, bytes, lane);
}
