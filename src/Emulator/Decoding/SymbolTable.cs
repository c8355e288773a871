using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Decoding;

/// <summary>Addresses of variables, each in its own state space.</summary>
internal sealed class SymbolTable(ModuleMemory memory, SharedLayout shared, FrameLayout frame, PtxModule module)
{
    private readonly Dictionary<PtxVariable, ulong> parameters = [];

    public FrameLayout Frame => frame;

    public PtxModule Module => module;

    public void AddParameter(PtxVariable parameter, ulong address) => parameters.Add(parameter, address);

    public ulong AddressOf(PtxOperand symbol, InstructionDecoder at)
    {
        if (symbol.Variable is not { } variable)
            throw at.Error($"'{symbol.Name}' isn't declared");
        return AddressOf(variable, at) + (ulong)symbol.Offset;
    }

    public ulong? FunctionAddress(string name) =>
        module.Functions.TryGetValue(name, out PtxFunction? function) ? AddressMap.OfFunction(function.Number) : null;

    /// <summary>Whether a parameter is a kernel's (in the parameter bank) or a function's (in the thread's frame).</summary>
    public bool IsKernelParameter(PtxVariable variable) => parameters.ContainsKey(variable);

    private ulong AddressOf(PtxVariable variable, InstructionDecoder at) => variable.Space switch
    {
        StateSpace.Global or StateSpace.Const => memory.AddressOf(variable)
            ?? throw at.Unsupported($"{variable.Name} is external, and no other module is linked"),
        StateSpace.Shared => shared.Add(variable),
        StateSpace.Param when parameters.TryGetValue(variable, out ulong address) => address,
        _ => (ulong)frame.Add(variable),
    };
}
