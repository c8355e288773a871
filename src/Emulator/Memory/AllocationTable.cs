using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Memory;

/// <summary>Allocations of one state space, by rising address.</summary>
internal sealed class AllocationTable(StateSpace space)
{
    private readonly List<Allocation> list = [];

    public IReadOnlyList<Allocation> All => list;

    public void Add(Allocation allocation) => list.Add(allocation);

    public Allocation? Find(ulong address)
    {
        int low = 0, high = list.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (address < list[middle].Address)
                high = middle - 1;
            else
                low = middle + 1;
        }
        return high < 0 ? null : list[high];
    }

    /// <summary>The allocation that holds all the bytes, or a fault.</summary>
    public Allocation Locate(ulong address, int bytes, int lane)
    {
        Allocation? found = Find(address);
        if (found is not null && found.Contains(address, bytes))
            return found;
        Allocation? near = found ?? (list.Count > 0 ? list[0] : null);
        string where = near is null ? "nothing is allocated" : $"{Printable.Name(near.Name)} has {near.Size} bytes from 0x{near.Address:x}";
        string name = space == StateSpace.SharedCluster ? "shared" : space.ToString().ToLowerInvariant();
        throw new Checking.FaultException(FaultKind.OutOfBounds, $"{name} memory, {bytes} bytes; {where}")
        {
            Lane = lane,
            Address = address,
            Allocation = near?.Name,
        };
    }
}
