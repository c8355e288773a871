namespace CogVideoX.Emulator.Syntax;

/// <summary>One instruction with its guard and operands (PTX ISA 4.3.2, 6).</summary>
internal sealed class InstructionParser(TokenReader reader, NameScope scope, int registerCount)
{
    private const int MostOperands = 64;
    private const int DeepestOperand = 8;

    private int registers = registerCount;

    /// <summary>Registers of the function so far; those of a range exist from their first use.</summary>
    public int RegisterCount => registers;

    public PtxInstruction Parse(SourceLocation location)
    {
        int line = reader.Line;
        PtxRegister? guard = null;
        bool inverted = false;
        if (reader.TryTake("@"))
        {
            inverted = reader.TryTake("!");
            string name = reader.ExpectName();
            guard = scope.FindRegister(name, ref registers);
            if (guard is not { Type: PtxType.Pred }) throw new PtxException(line, $"the guard '{name}' isn't a predicate");
        }
        string opcode = reader.ExpectName();
        var suffixes = new List<string>();
        while (reader.Current is { Kind: TokenKind.Suffix, Joined: true }) suffixes.Add(reader.Take().Text[1..]);
        List<PtxOperand> operands = opcode == "call" ? Call() : Operands(";");
        return new PtxInstruction(opcode, suffixes, operands, line)
        {
            Guard = guard,
            GuardInverted = inverted,
            Source = location,
            Scope = scope,
        };
    }

    private List<PtxOperand> Operands(string close)
    {
        var operands = new List<PtxOperand>();
        reader.List(close, () =>
        {
            if (operands.Count >= MostOperands) throw new PtxException(reader.Line, "too many operands");
            operands.Add(Operand(0));
        });
        return operands;
    }

    /// <summary>call (results), function, (arguments): results and arguments come as vectors.</summary>
    private List<PtxOperand> Call()
    {
        int line = reader.Line;
        List<PtxOperand> results = [], arguments = [];
        if (reader.TryTake("("))
        {
            results = Operands(")");
            reader.Expect(",");
        }
        PtxOperand function = Operand(0);
        if (reader.TryTake(","))
        {
            reader.Expect("(");
            arguments = Operands(")");
            if (reader.Current.Is(",")) throw new PtxException(line, "indirect calls aren't supported");
        }
        reader.Expect(";");
        return [Vector(results, line), function, Vector(arguments, line)];
    }

    private static PtxOperand Vector(List<PtxOperand> parts, int line) => new(OperandKind.Vector, line) { Parts = parts };

    private PtxOperand Operand(int depth)
    {
        int line = reader.Line;
        if (depth > DeepestOperand) throw new PtxException(line, "operands are nested too deep");
        if (reader.TryTake("["))
        {
            var parts = new List<PtxOperand>();
            reader.List("]", () => parts.Add(Operand(depth + 1)));
            if (parts.Count == 0) throw new PtxException(line, "an address is empty");
            PtxOperand first = parts[0];
            return new PtxOperand(OperandKind.Address, line) { Parts = parts, Offset = first.Kind == OperandKind.Integer ? 0 : first.Offset };
        }
        if (reader.TryTake("{"))
        {
            var parts = new List<PtxOperand>();
            reader.List("}", () => parts.Add(Operand(depth + 1)));
            return Vector(parts, line);
        }
        bool inverted = reader.TryTake("!");
        PtxOperand operand = Simple(line, inverted);
        if (!reader.TryTake("|")) return operand;
        return new PtxOperand(OperandKind.Pair, line) { Parts = [operand, Simple(line, reader.TryTake("!"))] };
    }

    private PtxOperand Simple(int line, bool inverted)
    {
        bool negative = reader.TryTake("-");
        if (reader.Current.Kind is TokenKind.Integer or TokenKind.Real) return Number(line, negative);
        if (negative) throw reader.Unexpected("a number");
        string name = reader.ExpectName();
        if (name == "_") return new PtxOperand(OperandKind.Sink, line);
        PtxRegister? register = scope.FindRegister(name, ref registers);
        if (inverted && register is not { Type: PtxType.Pred }) throw new PtxException(line, $"'!{name}' isn't a predicate");
        long offset = 0;
        if (reader.TryTake("+")) offset = reader.ExpectInteger();
        else if (reader.Current.Is("-")) offset = reader.ExpectInteger();
        if (register is not null)
            return new PtxOperand(OperandKind.Register, line) { Register = register, Inverted = inverted, Offset = offset, Name = name };
        if (name[0] == '%') return new PtxOperand(OperandKind.Special, line) { Name = name };
        return new PtxOperand(OperandKind.Symbol, line) { Name = name, Offset = offset, Variable = scope.FindVariable(name) };
    }

    private PtxOperand Number(int line, bool negative)
    {
        Token number = reader.Take();
        if (number.Kind == TokenKind.Integer)
        {
            ulong value = negative ? (ulong)-(long)number.Bits : number.Bits;
            if (reader.TryTake("+")) value += (ulong)reader.ExpectInteger();   // [16+4]
            return new PtxOperand(OperandKind.Integer, line) { Bits = value };
        }
        ulong sign = !negative ? 0 : number.Single ? 0x8000_0000 : 0x8000_0000_0000_0000;
        return new PtxOperand(OperandKind.Real, line) { Bits = number.Bits ^ sign, Single = number.Single };
    }
}
