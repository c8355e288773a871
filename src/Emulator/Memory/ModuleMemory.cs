using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Memory;

/// <summary>A module's variables: those in constant memory, and those that it adds to global memory.</summary>
internal sealed unsafe class ModuleMemory
{
    private const uint Gap = 256;
    private const long MostVariableBytes = 1 << 28;   // together

    private readonly AllocationTable constants = new(StateSpace.Const);
    private readonly Dictionary<PtxVariable, Allocation> variables = [];
    private ulong constEnd = Gap;

    /// <param name="globals">where its global variables go</param>
    public ModuleMemory(PtxModule module, GlobalMemory globals)
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
                    variable.Line, $"the variables up to {variable.Name} have {bytes} bytes; at most {MostVariableBytes} are supported")
                {
                    IsLimit = true,
                };
            }
            Allocation made = variable.Space == StateSpace.Const
                ? NewConstant(variable) : globals.New(variable.Name, variable.Size, true, variable.Align);
            variable.Initial.CopyTo(made.Part(0, variable.Initial.Length));
            variables.Add(variable, made);
        }
        foreach ((PtxVariable variable, Allocation at) in variables)
        {
            foreach (SymbolReference reference in variable.References)
                Resolve(module, at, reference);
        }
    }

    public IEnumerable<KeyValuePair<PtxVariable, Allocation>> Variables => variables;

    public ulong? AddressOf(PtxVariable variable) => variables.TryGetValue(variable, out Allocation? at) ? at.Address : null;

    public Allocation LocateConstant(ulong address, int bytes, int lane) => constants.Locate(address, bytes, lane);

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
