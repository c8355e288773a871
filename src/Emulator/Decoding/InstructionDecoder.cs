using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Decoding;

/// <summary>Takes one instruction's suffixes and operands apart; what an opcode's decoder doesn't take is an error.</summary>
internal sealed class InstructionDecoder(PtxInstruction syntax, SlotTable slots, SymbolTable symbols)
{
    private readonly List<string> suffixes = [.. syntax.Suffixes];
    private readonly List<int> sources = [];
    private readonly List<int> destinations = [];
    private int asked;

    public PtxInstruction Syntax => syntax;

    public SymbolTable Symbols => symbols;

    /// <summary>Whether it stands in a kernel, not in a function that one calls.</summary>
    public bool IsInEntry => slots.IsEntry;

    public IReadOnlyList<PtxOperand> Operands => syntax.Operands;

    /// <summary>The operand at a place, or an error that it is missing.</summary>
    public PtxOperand Operand(int index)
    {
        asked = Math.Max(asked, index + 1);
        return index < Operands.Count ? Operands[index] : throw Error("an operand is missing");
    }

    /// <summary>The instruction is wrong: ptxas refuses it too, and so the whole module.</summary>
    public PtxException Error(string message) => new(syntax.Line, $"{message}, in '{syntax}'");

    /// <summary>The instruction may be right, but the emulator can't run it: only who comes to it is told.</summary>
    public UnsupportedException Unsupported(string reason) => new(reason);

    /// <summary>The same for one that is right in each of its parts, which the decoder has taken: ptxas is known to take it.</summary>
    public UnsupportedException CannotRun(string reason)
    {
        RequireAllTaken();
        return new UnsupportedException(reason) { IsWellFormed = true };
    }

    /// <summary>
    /// The instruction can be run, but whether ptxas takes it isn't known: <see cref="PtxCheck"/> says so, and nobody else minds.
    /// </summary>
    public void Doubt(string reason) => Doubted ??= reason;

    /// <summary>The first doubt; null if there is none.</summary>
    public string? Doubted { get; private set; }

    /// <summary>Takes a suffix if it is there.</summary>
    public bool Flag(string name) => suffixes.Remove(name);

    /// <summary>Takes the first of these that is there.</summary>
    public string? OneOf(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (suffixes.Remove(name))
                return name;
        }
        return null;
    }

    public string Need(params ReadOnlySpan<string> names) => OneOf(names) ?? throw Error($"one of .{string.Join(" .", names!)} is missing");

    /// <summary>Takes the first suffix that is a type.</summary>
    public PtxType Type()
    {
        for (int i = 0; i < suffixes.Count; i++)
        {
            if (!PtxTypes.TryParse(suffixes[i], out PtxType type))
                continue;
            suffixes.RemoveAt(i);
            return type;
        }
        throw Error("a type is missing");
    }

    public PtxType Type(params ReadOnlySpan<PtxType> allowed)
    {
        PtxType type = Type();
        return allowed.Contains(type) ? type : throw Error($"the type {type.Text()} doesn't fit");
    }

    /// <summary>Takes the first suffix that starts so; the rest of it is returned.</summary>
    public string? Prefixed(string prefix)
    {
        string? found = suffixes.Find(s => s.StartsWith(prefix, StringComparison.Ordinal));
        if (found is null)
            return null;
        suffixes.Remove(found);
        return found[prefix.Length..];
    }

    public void Count(int least, int most = 0)
    {
        asked = Operands.Count;
        if (Operands.Count < least || Operands.Count > Math.Max(least, most))
            throw Error($"{Operands.Count} operands where {least}{(most > least ? $" to {most}" : "")} belong");
    }

    /// <summary>Slot of a source of exactly that size.</summary>
    public int Source(int index, PtxType type) => Source(Operand(index), type);

    /// <summary>A source that ptxas is only known to take in a register of bits or integers: a mask, a policy, a descriptor.</summary>
    /// <param name="mayBeNumber">or as a number</param>
    public int PlainSource(int index, PtxType type, bool mayBeNumber)
    {
        int slot = Source(index, type);
        PtxOperand operand = Operand(index);
        bool isPlain = operand.Register is { } register
            ? !register.Type.IsFloat() : mayBeNumber && operand.Kind is OperandKind.Integer or OperandKind.Special;
        if (!isPlain)
            Doubt($"'{operand}' stands where a register of bits is usual");
        return slot;
    }

    public int Source(PtxOperand operand, PtxType type)
    {
        int slot = Value(operand, type);
        sources.Add(slot);
        return slot;
    }

    /// <summary>Slot of a register that isn't checked before the instruction runs.</summary>
    public int UncheckedSource(PtxOperand operand, PtxType type) => Value(operand, type);

    /// <summary>A source whose register may be wider than the type, as st and cvt allow (PTX ISA 9.4.1).</summary>
    public int WideSource(PtxOperand operand, PtxType type, out int registerBytes)
    {
        if (operand.Kind != OperandKind.Register || operand.Register!.Type.Bytes() <= type.Bytes())
        {
            registerBytes = type.Bytes();
            return Source(operand, type);
        }
        RequireWidened(operand.Register, type);
        registerBytes = operand.Register.Type.Bytes();
        int slot = slots.Register(operand.Register);
        sources.Add(slot);
        return slot;
    }

    public int Destination(int index, PtxType type) => Destination(Operand(index), type);

    public int Destination(PtxOperand operand, PtxType type)
    {
        if (operand.Kind == OperandKind.Sink)
            return CanDiscard(operand) ? slots.Sink : throw Error("the result can't be thrown away");
        if (operand is not { Kind: OperandKind.Register, Inverted: false, Offset: 0, Selector: null })
            throw Error($"'{operand}' can't be written");
        return Written(operand, type);
    }

    /// <summary>Results that may be thrown away: those of some instructions, and parts of vectors (PTX ISA 6.1).</summary>
    private bool CanDiscard(PtxOperand operand)
    {
        bool isPair = Operands.Any(o => o.Kind == OperandKind.Pair && o.Parts.Contains(operand));
        if (syntax.Opcode == "setp" && !isPair)
            Doubt("a comparison whose result is thrown away isn't in the manual");
        return syntax.Opcode is "atom" or "elect" or "mbarrier" or "setp" || (syntax.Opcode == "lop3" && isPair)
            || (!isPair && !Operands.Contains(operand));
    }

    /// <summary>A word of which a part may be picked, as video instructions do.</summary>
    public int DestinationPart(int index)
    {
        PtxOperand operand = Operand(index);
        if (operand is not { Kind: OperandKind.Register, Inverted: false, Offset: 0 })
            throw Error($"'{operand}' can't be written");
        DoubtFloat(operand);
        return Written(operand, PtxType.B32);
    }

    /// <summary>A word of which a part may be picked, as video instructions do.</summary>
    public int SourcePart(int index)
    {
        PtxOperand operand = Operand(index);
        DoubtFloat(operand);
        if (operand.Selector is null)
            return Source(operand, PtxType.B32);
        CheckType(operand.Register!, PtxType.B32);
        int slot = slots.Register(operand.Register!);
        sources.Add(slot);
        return slot;
    }

    private void DoubtFloat(PtxOperand operand)
    {
        if (operand.Register is { Type: PtxType.F32 } register)
            Doubt($"{register.Name} is a .f32 where integers are usual");
    }

    private int Written(PtxOperand operand, PtxType type)
    {
        CheckType(operand.Register!, type);
        int slot = slots.Register(operand.Register!);
        destinations.Add(slot);
        return slot;
    }

    /// <summary>A register that a call's return writes, long after the call itself.</summary>
    public int ResultOfCall(PtxOperand operand, PtxType type)
    {
        int slot = Destination(operand, type);
        destinations.Remove(slot);
        return slot;
    }

    /// <summary>A destination that may be wider than the type, as ld and cvt allow.</summary>
    public int WideDestination(PtxOperand operand, PtxType type, out int registerBytes)
    {
        registerBytes = operand.Register?.Type.Bytes() ?? type.Bytes();
        if (registerBytes <= type.Bytes())
            return Destination(operand, type);
        RequireWidened(operand.Register!, type);
        int slot = slots.Register(operand.Register!);
        destinations.Add(slot);
        return slot;
    }

    public PredicateSource Predicate(PtxOperand operand)
    {
        if (operand is { Kind: OperandKind.Integer, Bits: > 1 })
            Doubt($"the number {operand} for a predicate isn't in the manual");
        if (operand.Kind == OperandKind.Integer)
            return new PredicateSource(slots.Constant(operand.Bits == 0 ? 0u : 1u, 0), 0);
        if (operand.Kind != OperandKind.Register || operand.Register!.Type != PtxType.Pred)
            throw Error($"'{operand}' isn't a predicate");
        int slot = slots.Register(operand.Register);
        sources.Add(slot);
        return new PredicateSource(slot, operand.Inverted ? ~0u : 0);
    }

    /// <summary>An operand that must be written as a number.</summary>
    public long Immediate(int index)
    {
        PtxOperand operand = Operand(index);
        return operand.Kind == OperandKind.Integer ? (long)operand.Bits : throw Error($"'{operand}' must be a constant");
    }

    public IReadOnlyList<PtxOperand> Vector(int index, int count)
    {
        PtxOperand operand = Operand(index);
        return operand.Kind != OperandKind.Vector && count == 1 ? [operand] : Braced(index, count);
    }

    /// <summary>The parts of a vector, which has braces even if it has one part.</summary>
    public IReadOnlyList<PtxOperand> Braced(int index, int count)
    {
        PtxOperand operand = Operand(index);
        if (operand.Kind != OperandKind.Vector || operand.Parts.Count != count)
            throw Error($"'{operand}' must have {count} parts");
        return operand.Parts;
    }

    /// <summary>The address in brackets; shared and cluster addresses may be 32 bits wide.</summary>
    public Address Address(PtxOperand operand)
    {
        if (operand.Kind != OperandKind.Address)
            throw Error($"'{operand}' isn't an address");
        return AddressOf(operand.Parts[0]);
    }

    /// <summary>
    /// The same, of which the state space is known: what lies elsewhere is refused, and so are addresses that are too short.
    /// </summary>
    public Address Address(PtxOperand operand, StateSpace space)
    {
        Address address = Address(operand);
        PtxOperand named = operand.Parts[0];
        RequireSpace(space, named);
        if (named.Kind == OperandKind.Integer && space != StateSpace.Local)
            throw Error("only local memory has addresses that are written as numbers");
        if (named is { Kind: OperandKind.Register, Register: { } register } && register.Type.Bytes() == 4
            && space is StateSpace.Global or StateSpace.Generic)
        {
            throw Error($"{register.Name} is a {register.Type.Text()}; addresses have 64 bits there");
        }
        return address;
    }

    /// <summary>The address of something in shared memory, which may be written as a generic one.</summary>
    public Address SharedAddress(PtxOperand operand, bool isGeneric)
    {
        bool isShort = operand is { Kind: OperandKind.Address, Parts: [{ Register: { } register }, ..] } && register.Type.Bytes() == 4;
        if (!isGeneric || !isShort)
            return Address(operand, isGeneric ? StateSpace.Generic : StateSpace.Shared);
        Doubt($"'{operand}' is a generic address of 32 bits");
        return Address(operand);
    }

    /// <summary>A variable's own space must be the instruction's; constants and parameters have no place among generic addresses.</summary>
    public void RequireSpace(StateSpace space, PtxOperand named)
    {
        if (named.Variable is not { } variable)
            return;
        StateSpace of = variable.Space, asked = space == StateSpace.SharedCluster ? StateSpace.Shared : space;
        if (space == StateSpace.Generic ? of is StateSpace.Const or StateSpace.Param : of != asked)
        {
            string place = asked == StateSpace.Generic ? "what generic addresses reach" : $"{asked.ToString().ToLowerInvariant()} memory";
            throw Error($"{variable.Name} lies in {of.ToString().ToLowerInvariant()} memory, not in {place}");
        }
    }

    public Address AddressOf(PtxOperand @base)
    {
        if (@base.Kind != OperandKind.Register)
        {
            ulong at = @base.Kind == OperandKind.Integer ? @base.Bits : symbols.AddressOf(@base, this);
            return new Address(slots.Constant(at, 8), true, 0);
        }
        int bytes = @base.Register!.Type.Bytes();
        if (bytes == 2 && !@base.Register.Type.IsFloat())
            throw Unsupported($"'{@base}' is an address of 16 bits, which the manual doesn't have");
        if (bytes is not (4 or 8) || @base.Register.Type.IsFloat())
            throw Error($"'{@base}' can't hold an address");
        int slot = slots.Register(@base.Register);
        sources.Add(slot);
        return new Address(slot, bytes == 8, @base.Offset);
    }

    public int Constant(ulong bits, int bytes) => slots.Constant(bits, bytes);

    /// <summary>Fills in what every instruction has, and refuses suffixes that nobody took.</summary>
    public Instruction Finish(Instruction instruction)
    {
        RequireAllTaken();
        int[] distinct = [.. sources.Distinct().Where(s => s != Instruction.NoSlot)];
        instruction.Syntax = syntax;
        instruction.Source0 = distinct.ElementAtOrDefault(0);
        instruction.Source1 = distinct.ElementAtOrDefault(1);
        instruction.Source2 = distinct.ElementAtOrDefault(2);
        instruction.MoreSources = [.. distinct.Skip(3)];
        instruction.Destination = destinations.ElementAtOrDefault(0);
        instruction.MoreDestinations = [.. destinations.Skip(1)];
        return Guarded(instruction);
    }

    private void RequireAllTaken()
    {
        if (suffixes.Count > 0)
            throw Error($"'.{suffixes[0]}' isn't known here");
        if (Operands.Count > asked)
            throw Error($"{Operands.Count} operands where {asked} belong");
    }

    /// <summary>Stands where the instruction can't be run: whatever it reads or writes doesn't matter.</summary>
    public Instruction Placeholder(UnsupportedException why) => Guarded(new Unsupported(why.Message) { Syntax = syntax });

    private Instruction Guarded(Instruction instruction)
    {
        if (syntax.Guard is not { } guard)
            return instruction;
        instruction.Guard = slots.Register(guard);
        instruction.GuardInverted = syntax.GuardInverted;
        return instruction;
    }

    private int Value(PtxOperand operand, PtxType type)
    {
        if (operand.Kind == OperandKind.Symbol && !type.IsFloat() && symbols.FunctionAddress(operand.Name) is { } code && type.Bytes() == 8)
            return slots.Constant(code, 8);
        DoubtValue(operand, type);
        switch (operand.Kind)
        {
            case OperandKind.Register when operand is { Inverted: false, Offset: 0, Selector: null }:
                CheckType(operand.Register!, type);
                return slots.Register(operand.Register!);
            case OperandKind.Register when operand is { Inverted: false, Selector: null }:
                throw Unsupported($"a constant is added to {operand.Name}, which the manual doesn't have");
            case OperandKind.Symbol when syntax.Opcode == "mov" && type.Bytes() == 2 && operand.Variable is not null && !type.IsFloat():
                throw Unsupported($"the address of {operand} is cut to 16 bits, which the manual doesn't have");
            case OperandKind.Symbol when type.Bytes() == 4 && IsGlobalOnNewTarget(operand):
                throw Error($"the address of {operand} has 64 bits");
            case OperandKind.Integer when !type.IsFloat() || operand.Bits == 0:
                return slots.Constant(Cut(operand.Bits, type.Bytes()), type.Bytes());
            case OperandKind.Real:
                return slots.Constant(RealBits(operand, type), type.Bytes());
            case OperandKind.Special when syntax.Opcode is not ("mov" or "cvt"):
                throw Error($"{operand.Name} must be moved to a register first");
            case OperandKind.Special when type.IsFloat():
                throw Error($"{operand.Name} isn't a {type.Text()}");
            case OperandKind.Special when SpecialRegister.UncoveredBytes(operand.Name) is > 0 and var bytes:
                throw type.Bytes() == bytes ? CannotRun($"{operand.Name} isn't covered")
                    : type.Bytes() == 2 ? Unsupported($"{operand.Name} cut to 16 bits isn't covered")
                    : Error($"{operand.Name} isn't a {type.Text()}");
            case OperandKind.Special:
                return slots.Special(operand.Name, type.Bytes()) ?? throw Error($"{operand.Name} isn't known, or isn't a {type.Text()}");
            case OperandKind.Symbol when syntax.Opcode is not ("mov" or "cvt" or "cvta" or "mapa" or "isspacep" or "getctarank"):
                throw Error($"the address of {operand} must be moved to a register first");
            case OperandKind.Symbol when type.Bytes() is 4 or 8 && !type.IsFloat():
                return slots.Constant(Cut(symbols.AddressOf(operand, this), type.Bytes()), type.Bytes());
            default:
                throw Error($"'{operand}' can't be read as a {type.Text()}");
        }
    }

    private void DoubtValue(PtxOperand operand, PtxType type)
    {
        if (operand.Kind == OperandKind.Integer && type is PtxType.F16x2 or PtxType.BF16x2)
            Doubt($"an integer for a {type.Text()} isn't in the manual");
        if (operand.Kind == OperandKind.Real && type is PtxType.B32 or PtxType.B64 && syntax.Opcode is not ("mov" or "st" or "selp"))
            Doubt($"a real number for a {type.Text()} isn't in the manual");
        if (operand.Kind == OperandKind.Special && type.Bytes() == 2 && operand.Name.Contains("cluster", StringComparison.Ordinal))
            Doubt($"whether {operand.Name} can be cut to 16 bits isn't known");
        if (operand is { Kind: OperandKind.Symbol, Variable: not null } && syntax.Opcode == "cvt")
            Doubt($"converting the address of {operand} isn't in the manual");
    }

    /// <summary>Global memory has no 32-bit addresses from sm_90 on; before, ptxas takes them.</summary>
    private bool IsGlobalOnNewTarget(PtxOperand operand) =>
        operand.Variable is { Space: StateSpace.Global } && symbols.Module.Target.Number >= 90;

    private static ulong Cut(ulong bits, int bytes) => bytes >= 8 ? bits : bits & ((1UL << 8 * bytes) - 1);

    private ulong RealBits(PtxOperand operand, PtxType type)
    {
        double value = operand.Single ? BitConverter.UInt32BitsToSingle((uint)operand.Bits) : BitConverter.UInt64BitsToDouble(operand.Bits);
        return type switch
        {
            PtxType.F32 or PtxType.B32 when operand.Single => operand.Bits,
            PtxType.F32 => BitConverter.SingleToUInt32Bits((float)value),
            PtxType.F64 when operand.Single => BitConverter.DoubleToUInt64Bits(value),
            PtxType.F64 or PtxType.B64 when !operand.Single => operand.Bits,
            _ => throw Error($"a real number can't be a {type.Text()}"),
        };
    }

    /// <summary>Sizes must match, and floats aren't integers (PTX ISA 9.2, table of operand agreement).</summary>
    private void CheckType(PtxRegister register, PtxType type)
    {
        bool sizes = register.Type.Bytes() == type.Bytes() && (register.Type == PtxType.Pred) == (type == PtxType.Pred);
        bool classes = !(register.Type.IsFloat() && IsInteger(type)) && !(IsInteger(register.Type) && type.IsFloat());
        if (!sizes || !classes)
            throw Error($"{register.Name} is a {register.Type.Text()}, not a {type.Text()}");
    }

    /// <summary>Bits may stand in any wider register, integers in one that isn't a float's, floats in none (PTX ISA 9.4.1).</summary>
    /// <summary>PTX ISA 9.4.1: wider registers of bits take everything, those of integers no floats, those of floats only bits.</summary>
    private void RequireWidened(PtxRegister register, PtxType type)
    {
        bool isBits = register.Type is PtxType.B16 or PtxType.B32 or PtxType.B64 or PtxType.B128;
        if (!isBits && (register.Type.IsFloat() ? IsInteger(type) || type.IsFloat() : type.IsFloat()))
            throw Error($"{register.Name} is a {register.Type.Text()}, not a {type.Text()}");
    }

    private static bool IsInteger(PtxType type) => type is >= PtxType.U8 and <= PtxType.S64;
}
