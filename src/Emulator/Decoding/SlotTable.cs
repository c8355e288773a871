using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Decoding;

/// <summary>Gives registers, constants and special registers their slots.</summary>
internal sealed class SlotTable(KernelCode code)
{
    private readonly Dictionary<(ulong Bits, int Bytes), int> constants = [];
    private readonly Dictionary<(string Name, int Bytes), int> specials = [];
    private readonly Dictionary<PtxVariable, int> parameters = [];
    private Dictionary<int, int> registers = [];

    /// <summary>A slot to throw results away.</summary>
    public int Sink { get; } = Reserve(code, 2);

    /// <summary>Slots of the running function's registers.</summary>
    public IReadOnlyCollection<int> FunctionSlots => registers.Values;

    /// <summary>Whether the running function is a kernel.</summary>
    public bool IsEntry { get; private set; }

    /// <summary>The registers named from here on are that function's.</summary>
    public void BeginFunction(PtxFunction function)
    {
        IsEntry = function.IsEntry;
        registers = [];
        foreach (PtxVariable parameter in function.Parameters.Concat(function.Returns))
        {
            if (parameter.Register is { } register)
                registers.Add(register.Number, Parameter(parameter));
        }
    }

    /// <summary>The slot of a parameter in a register; callers name it too.</summary>
    public int Parameter(PtxVariable parameter)
    {
        if (!parameters.TryGetValue(parameter, out int slot))
            parameters.Add(parameter, slot = Reserve(code, Slots(parameter.Type)));
        return slot;
    }

    public int Register(PtxRegister register)
    {
        if (!registers.TryGetValue(register.Number, out int slot))
            registers.Add(register.Number, slot = Reserve(code, Slots(register.Type)));
        return slot;
    }

    public int Constant(ulong bits, int bytes)
    {
        if (constants.TryGetValue((bits, bytes), out int slot))
            return slot;
        slot = Reserve(code, bytes switch { 8 => 2, 16 => 4, _ => 1 });
        constants.Add((bits, bytes), slot);
        code.Constants.Add((slot, bits, bytes));
        return slot;
    }

    public int? Special(string name, int bytes)
    {
        if (specials.TryGetValue((name, bytes), out int slot))
            return slot;
        if (SpecialRegister.Find(name) is not { } register)
            return null;
        if (register.Bytes != bytes && !(bytes == 2 && register.Bytes == 4) && !(bytes == 4 && name == "%gridid"))
            return null;
        if (register.Bytes > bytes)
            register = register.Cut(bytes);
        slot = Reserve(code, bytes == 8 ? 2 : 1);
        specials.Add((name, bytes), slot);
        code.Specials.Add((slot, register));
        return slot;
    }

    private static int Slots(PtxType type) => type.Bytes() switch { 8 => 2, 16 => 4, _ => 1 };

    private static int Reserve(KernelCode code, int slots)
    {
        int slot = code.SlotCount;
        code.SlotCount += slots;
        return slot;
    }
}
