using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Memory;

/// <summary>Global and constant memory and the parameter bank of a launch.</summary>
internal sealed unsafe class ModuleMemory : IDisposable
{
    private const uint Gap = 256;
    private const long MostVariableBytes = 1 << 28;   // together

    private readonly AllocationTable constants = new(StateSpace.Const);
    private readonly AllocationTable parameters = new(StateSpace.Param);
    private readonly List<Allocation> globals = [];
    private readonly Dictionary<PtxVariable, Allocation> variables = [];
    private ulong constEnd = Gap;
    private ulong paramEnd;

    public ModuleMemory(PtxModule module)
    {
        long bytes = 0;
        // a variable that stands in a function lasts as long as the module's (PTX ISA 5.4)
        foreach (PtxVariable variable in module.Variables.Concat(module.Functions.Values.SelectMany(f => f.Variables)))
        {
            if (variable.IsDynamic || variable.Space is not (StateSpace.Global or StateSpace.Const))
                continue;
            bytes += variable.Size;
            if (bytes > MostVariableBytes)
            {
                throw new PtxException(
                    variable.Line, $"the variables up to {variable.Name} have {bytes} bytes; at most {MostVariableBytes} are supported");
            }
            Allocation made = variable.Space == StateSpace.Const
                ? NewConstant(variable) : NewGlobal(variable.Name, variable.Size, true, variable.Align);
            variable.Initial.CopyTo(made.Part(0, variable.Initial.Length));
            variables.Add(variable, made);
        }
        foreach ((PtxVariable variable, Allocation at) in variables)
        {
            foreach (SymbolReference reference in variable.References)
                Resolve(module, at, reference);
        }
    }

    /// <summary>A buffer or variable in its own 64 GiB of addresses.</summary>
    public Allocation NewGlobal(string name, long size, bool isInitialized, int align = 256, bool isSparse = false)
    {
        ulong address = AddressMap.Place((ulong)(globals.Count + 1) << AddressMap.GlobalShift, align);
        var made = new Allocation(name, StateSpace.Global, address, size, isInitialized, isSparse) { Align = align };
        globals.Add(made);
        return made;
    }

    public void Dispose()
    {
        foreach (Allocation at in globals)
            at.Dispose();
    }

    public Allocation NewParameter(PtxVariable variable)
    {
        ulong address = AddressMap.Place(paramEnd, variable.Align);
        paramEnd = address + (ulong)variable.Size + 16;
        var made = new Allocation(variable.Name, StateSpace.Param, address, variable.Size, true) { Align = variable.Align };
        parameters.Add(made);
        return made;
    }

    public ulong? AddressOf(PtxVariable variable) => variables.TryGetValue(variable, out Allocation? at) ? at.Address : null;

    /// <summary>The allocation that holds all the bytes, if one does.</summary>
    public Allocation? FindGlobal(ulong address, int bytes)
    {
        ulong index = (address >> AddressMap.GlobalShift) - 1;
        return index < (ulong)globals.Count && globals[(int)index].Contains(address, bytes) ? globals[(int)index] : null;
    }

    public Allocation LocateGlobal(ulong address, int bytes, int lane)
    {
        long index = (long)(address >> AddressMap.GlobalShift) - 1;
        Allocation? at = index >= 0 && index < globals.Count ? globals[(int)index] : null;
        if (at is not null && at.Contains(address, bytes))
            return at;
        if (at?.Freed is { } freed && address - at.Address < (ulong)at.FreedSize)
        {
            throw new Checking.FaultException(
                FaultKind.UseAfterFree, $"global memory, {bytes} bytes of a block of {at.FreedSize} that was {freed}")
            {
                Lane = lane,
                Address = address,
                Allocation = at.Name,
            };
        }
        // just below a buffer is another one's 64 GiB: name the nearer
        Allocation? above = index + 1 >= 0 && index + 1 < globals.Count ? globals[(int)index + 1] : null;
        if (above is not null && above.Address - address < 1 << 30)
            at = above;
        string where = at is null ? "nothing is allocated there" : $"{Printable.Name(at.Name)} has {at.Size} bytes from 0x{at.Address:x}";
        throw new Checking.FaultException(FaultKind.OutOfBounds, $"global memory, {bytes} bytes; {where}")
        {
            Lane = lane,
            Address = address,
            Allocation = at?.Name,
        };
    }

    public Allocation LocateConstant(ulong address, int bytes, int lane) => constants.Locate(address, bytes, lane);

    public Allocation LocateParameter(ulong address, int bytes, int lane) => parameters.Locate(address, bytes, lane);

    private Allocation NewConstant(PtxVariable variable)
    {
        ulong address = AddressMap.Place(constEnd, variable.Align);
        constEnd = address + (ulong)variable.Size + Gap;
        var made = new Allocation(variable.Name, StateSpace.Const, address, variable.Size, true) { Align = variable.Align };
        constants.Add(made);
        return made;
    }

    private void Resolve(PtxModule module, Allocation at, SymbolReference reference)
    {
        ulong address = AddressOf(module, reference) + (ulong)reference.Addend;
        if (reference.Mask != 0)
            address = (address & reference.Mask) >> (int)ulong.TrailingZeroCount(reference.Mask);
        else if (reference.Bytes < 4)
            throw new PtxException(reference.Line, $"an address needs 8 bytes, or a mask such as 0xFF({reference.Name})");
        for (int i = 0; i < reference.Bytes; i++)
            at.Data[reference.At + i] = (byte)(address >> 8 * i);
    }

    private ulong AddressOf(PtxModule module, SymbolReference reference)
    {
        if (variables.Keys.FirstOrDefault(v => v.Name == reference.Name) is { } target)
            return variables[target].Address + (reference.Generic ? AddressMap.Window(target.Space) : 0);
        return module.Functions.TryGetValue(reference.Name, out PtxFunction? function) ? AddressMap.OfFunction(function.Number)
            : throw new PtxException(reference.Line, $"'{reference.Name}' isn't a variable or function with an address");
    }
}
