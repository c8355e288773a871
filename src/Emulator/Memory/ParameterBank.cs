using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Memory;

/// <summary>A kernel's parameters; a gap after each finds overruns.</summary>
internal sealed class ParameterBank
{
    private const uint Gap = 16;

    private readonly AllocationTable table = new(StateSpace.Param);
    private ulong end;

    public IReadOnlyList<Allocation> All => table.All;

    public Allocation Add(PtxVariable variable)
    {
        ulong address = AddressMap.Place(end, variable.Align);
        end = address + (ulong)variable.Size + Gap;
        var made = new Allocation(variable.Name, StateSpace.Param, address, variable.Size, true) { Align = variable.Align };
        table.Add(made);
        return made;
    }

    public Allocation Locate(ulong address, int bytes, int lane) => table.Locate(address, bytes, lane);
}
