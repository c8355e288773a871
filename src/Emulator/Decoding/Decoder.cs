using CogVideoX.Emulator.Driver;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Decoding;

/// <summary>Decodes an entry and every function that it calls.</summary>
internal sealed class Decoder(PtxModule module, KernelCode code, SymbolTable symbols)
{
    private const int DeepestCalls = 256;

    private readonly SlotTable slots = new(code);
    private readonly Dictionary<string, (int First, IReadOnlyCollection<int> Slots)> done = [];
    private readonly List<(Call Call, string Callee)> calls = [];
    private readonly HashSet<string> open = [];

    public void Run()
    {
        code.Entry = 0;
        Function(code.Function);
        foreach ((Call call, string callee) in calls) (call.Target, call.Registers) = done[callee];
        for (int i = 0; i < code.Instructions.Count; i++) code.Instructions[i].Index = i;
    }

    private void Function(PtxFunction function)
    {
        open.Add(function.Name);
        slots.BeginFunction();
        int first = code.Instructions.Count;
        foreach (PtxVariable variable in function.Variables) DeclareFrame(variable);
        if (!function.IsEntry)
            foreach (PtxVariable variable in function.Parameters.Concat(function.Returns)) symbols.Frame.Add(variable);
        var callees = new List<string>();
        foreach (PtxInstruction instruction in function.Instructions)
            code.Instructions.Add(instruction.Opcode == "call" ? Call(instruction, callees) : One(instruction, first));
        var end = new Return { Syntax = new PtxInstruction("ret", [], [], function.Line) { Scope = new NameScope(null) } };
        code.Instructions.Add(end);
        int count = code.Instructions.Count - first;
        var joins = new int[code.Instructions.Count];
        code.Joins.CopyTo(joins, 0);
        ControlFlow.FindJoins(code.Instructions, first, count, function.IsEntry, joins);
        code.Joins = joins;
        done.Add(function.Name, (first, slots.FunctionSlots));
        foreach (string callee in callees) Callee(callee, function);
        open.Remove(function.Name);
    }

    private void Callee(string name, PtxFunction caller)
    {
        if (open.Contains(name)) throw new PtxException(caller.Line, $"{caller.Name} and {name} call each other: recursion isn't supported");
        if (open.Count >= DeepestCalls) throw new PtxException(caller.Line, $"calls are nested deeper than {DeepestCalls}");
        if (!done.ContainsKey(name)) Function(module.Functions[name]);
    }

    private void DeclareFrame(PtxVariable variable)
    {
        if (variable.Space is StateSpace.Local or StateSpace.Param) symbols.Frame.Add(variable);
    }

    private Instruction One(PtxInstruction instruction, int first)
    {
        var decoder = new InstructionDecoder(instruction, slots, symbols);
        Instruction made = OpcodeTable.Decode(decoder);
        if (made is Branch branch) branch.Target += first;
        if (made is IndexedBranch indexed)
            for (int i = 0; i < indexed.Targets.Length; i++) indexed.Targets[i] += first;
        code.UsesWgmma |= instruction.Opcode == "wgmma";
        return made;
    }

    private Instruction Call(PtxInstruction instruction, List<string> callees)
    {
        var decoder = new InstructionDecoder(instruction, slots, symbols);
        decoder.Flag("uni");
        string name = instruction.Operands[1].Name;
        if (!module.Functions.TryGetValue(name, out PtxFunction? callee) || callee.IsEntry)
            throw new PtxException(instruction.Line, $"there is no function '{name}'");
        List<FrameCopy> arguments = Copies(decoder, instruction.Operands[2].Parts, callee.Parameters, toCallee: true);
        List<FrameCopy> results = Copies(decoder, instruction.Operands[0].Parts, callee.Returns, toCallee: false);
        if (!callee.HasBody) return decoder.Finish(ExternalCalls.Make(callee, arguments, results));
        var call = new Call(arguments, results) { Class = InstructionClass.Control };
        calls.Add((call, name));
        callees.Add(name);
        decoder.Finish(call);
        return call;
    }

    private List<FrameCopy> Copies(InstructionDecoder at, IReadOnlyList<PtxOperand> actual, List<PtxVariable> formal, bool toCallee)
    {
        if (actual.Count != formal.Count) throw at.Error($"{actual.Count} values where {formal.Count} belong");
        var copies = new List<FrameCopy>();
        for (int i = 0; i < actual.Count; i++)
        {
            if (actual[i].Variable is not { Space: StateSpace.Param } variable || variable.Size != formal[i].Size)
                throw at.Error($"'{actual[i]}' doesn't fit the parameter {formal[i].Name}");
            int mine = symbols.Frame.Add(variable), its = symbols.Frame.Add(formal[i]);
            copies.Add(toCallee ? new FrameCopy(mine, its, (int)variable.Size) : new FrameCopy(its, mine, (int)variable.Size));
        }
        return copies;
    }
}
