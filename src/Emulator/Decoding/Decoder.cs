using CogVideoX.Emulator.Driver;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Decoding;

/// <summary>Decodes an entry and every function that it calls.</summary>
internal sealed class Decoder(PtxModule module, KernelCode code, SymbolTable symbols)
{
    private const int DeepestCalls = 256;

    private readonly SlotTable slots = new(code);
    private readonly Dictionary<string, (int First, IReadOnlyCollection<int> Slots, IReadOnlyList<FrameRange> Variables)> done = [];
    private readonly List<(Call Call, string Callee)> calls = [];
    private readonly HashSet<string> open = [];

    public void Run()
    {
        code.Entry = 0;
        Function(code.Function);
        foreach ((Call call, string callee) in calls)
            (call.Target, call.Registers, call.Variables) = done[callee];
        for (int i = 0; i < code.Instructions.Count; i++)
            code.Instructions[i].Index = i;
    }

    private void Function(PtxFunction function)
    {
        open.Add(function.Name);
        code.Functions.Add(function);
        slots.BeginFunction(function);
        int first = code.Instructions.Count;
        foreach (PtxVariable variable in function.Variables)
            DeclareFrame(variable);
        if (!function.IsEntry)
        {
            foreach (PtxVariable variable in function.Parameters.Concat(function.Returns))
                DeclareFrame(variable);
        }
        var callees = new List<string>();
        foreach (PtxInstruction instruction in function.Instructions)
            code.Instructions.Add(One(instruction, first, callees));
        var implied = new PtxInstruction("ret", [], [], function.Line) { Scope = new NameScope(null) };
        var end = new Return(isUniform: false) { Syntax = implied };
        code.Instructions.Add(end);
        int count = code.Instructions.Count - first;
        var joins = new int[code.Instructions.Count];
        code.Joins.CopyTo(joins, 0);
        ControlFlow.FindJoins(code.Instructions, first, count, function.IsEntry, joins);
        code.Joins = joins;
        done.Add(function.Name, (first, slots.FunctionSlots, symbols.Frame.Forgotten(function.Variables.Concat(function.Returns))));
        foreach (string callee in callees)
            Callee(callee, function);
        open.Remove(function.Name);
    }

    private void Callee(string name, PtxFunction caller)
    {
        if (open.Count >= DeepestCalls)
            throw new PtxException(caller.Line, $"calls are nested deeper than {DeepestCalls}") { IsLimit = true };
        if (!done.ContainsKey(name))
            Function(module.Functions[name]);
    }

    private void DeclareFrame(PtxVariable variable)
    {
        if (variable.Space is StateSpace.Local or StateSpace.Param)
            symbols.Frame.Add(variable);
    }

    private Instruction One(PtxInstruction instruction, int first, List<string> callees)
    {
        var decoder = new InstructionDecoder(instruction, slots, symbols);
        try
        {
            FormCheck.Require(decoder, module);
            Instruction made = instruction.Opcode == "call" ? Call(instruction, decoder, callees) : OpcodeTable.Decode(decoder);
            if (made is Branch branch)
                branch.Target += first;
            if (made is IndexedBranch indexed)
            {
                for (int i = 0; i < indexed.Targets.Length; i++)
                    indexed.Targets[i] += first;
            }
            if (decoder.Doubted is { } doubt)
                code.Doubts.Add((instruction, doubt));
            code.UsesWgmma |= instruction.Opcode == "wgmma";
            return made;
        }
        catch (UnsupportedException why)
        {
            if (!why.IsWellFormed || decoder.Doubted is not null)
                code.Doubts.Add((instruction, decoder.Doubted ?? why.Message));
            return decoder.Placeholder(why);
        }
    }

    private Instruction Call(PtxInstruction instruction, InstructionDecoder decoder, List<string> callees)
    {
        bool uniform = decoder.Flag("uni");
        decoder.Count(3, 4);
        string name = instruction.Operands[1].Name;
        if (instruction.Operands[1].Kind == OperandKind.Register)
            return CallThroughRegister(instruction, decoder, callees, uniform);
        if (!module.Functions.TryGetValue(name, out PtxFunction? callee) || callee.IsEntry)
            throw new PtxException(instruction.Line, $"there is no function '{name}'");
        if (!callee.HasBody)
        {
            List<FrameCopy> arguments = Copies(decoder, instruction.Operands[2].Parts, callee.Parameters, toCallee: true);
            List<FrameCopy> results = Copies(decoder, instruction.Operands[0].Parts, callee.Returns, toCallee: false);
            return decoder.Finish(ExternalCalls.Make(callee, arguments, results, decoder));
        }
        Call call = CallOf(callee, instruction, decoder, callees, uniform);
        decoder.Finish(call);
        return call;
    }

    private Call CallOf(PtxFunction callee, PtxInstruction instruction, InstructionDecoder decoder, List<string> callees, bool uniform)
    {
        if (open.Contains(callee.Name))
            throw decoder.Unsupported($"{callee.Name} is called from itself, and there is no recursion here");
        List<FrameCopy> arguments = Copies(decoder, instruction.Operands[2].Parts, callee.Parameters, toCallee: true);
        List<FrameCopy> results = Copies(decoder, instruction.Operands[0].Parts, callee.Returns, toCallee: false);
        var call = new Call(arguments, results, uniform) { Class = InstructionClass.Control };
        calls.Add((call, callee.Name));
        callees.Add(callee.Name);
        return call;
    }

    private Instruction CallThroughRegister(PtxInstruction instruction, InstructionDecoder decoder, List<string> callees, bool uniform)
    {
        if (instruction.Operands.Count < 4)
            throw decoder.Error("a call through a register names its .calltargets or .callprototype last");
        string label = instruction.Operands[3].Name;
        CallTargets list = instruction.Scope.FindCallTargets(label) ?? throw decoder.Error($"no .calltargets or .callprototype '{label}'");
        IEnumerable<string> names = list.Functions ?? AddressesTaken.Of(module);
        var targets = new Dictionary<ulong, Call>();
        foreach (string name in names)
        {
            if (!module.Functions.TryGetValue(name, out PtxFunction? function) || function.IsEntry)
                throw decoder.Error($"there is no function '{name}'");
            if (!function.HasBody || open.Contains(function.Name) || !(list.Prototype ?? function).HasSignatureOf(function))
                continue;
            targets[AddressMap.OfFunction(function.Number)] = CallOf(function, instruction, decoder, callees, uniform: false);
        }
        int address = decoder.Source(1, PtxType.B64);
        return decoder.Finish(new IndirectCall(address, targets, uniform) { Class = InstructionClass.Control });
    }

    private List<FrameCopy> Copies(InstructionDecoder at, IReadOnlyList<PtxOperand> actual, List<PtxVariable> formal, bool toCallee)
    {
        if (actual.Count != formal.Count)
            throw at.Error($"{actual.Count} values where {formal.Count} belong");
        return [.. actual.Zip(formal, (value, to) => to.Register is null ? InFrame(at, value, to, toCallee) : InRegister(at, value, to,
            toCallee))];
    }

    private FrameCopy InFrame(InstructionDecoder at, PtxOperand actual, PtxVariable formal, bool toCallee)
    {
        if (actual.Variable is not { Space: StateSpace.Param } variable || variable.Size != formal.Size)
            throw at.Error($"'{actual}' doesn't fit the parameter {formal.Name}");
        int mine = symbols.Frame.Add(variable), its = symbols.Frame.Add(formal);
        return toCallee ? new FrameCopy(mine, its, (int)variable.Size) : new FrameCopy(its, mine, (int)variable.Size);
    }

    private FrameCopy InRegister(InstructionDecoder at, PtxOperand actual, PtxVariable formal, bool toCallee)
    {
        int its = slots.Parameter(formal), bytes = formal.Type.Bytes();
        if (!toCallee)
            return new FrameCopy(its, at.ResultOfCall(actual, formal.Type), bytes, InRegisters: true);
        int mine = formal.Type == PtxType.Pred ? at.Predicate(actual).Slot : at.UncheckedSource(actual, formal.Type);
        return new FrameCopy(mine, its, bytes, InRegisters: true);
    }
}

/// <summary>Functions whose address a module takes: the only ones that a call by prototype can reach.</summary>
internal static class AddressesTaken
{
    public static IReadOnlyList<string> Of(PtxModule module)
    {
        IEnumerable<string> written = module.Functions.Values.SelectMany(f => f.Instructions).Where(i => i.Opcode == "mov")
            .SelectMany(i => i.Operands).Where(o => o is { Kind: OperandKind.Symbol, Variable: null }).Select(o => o.Name);
        IEnumerable<PtxVariable> variables = module.Variables.Concat(module.Functions.Values.SelectMany(f => f.Variables));
        IEnumerable<string> initial = variables.SelectMany(v => v.References).Select(r => r.Name);
        return [.. written.Concat(initial).Distinct().Where(n =>
            module.Functions.TryGetValue(n, out PtxFunction? function) && !function.IsEntry)];
    }
}
