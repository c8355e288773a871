namespace CogVideoX.Emulator.Syntax;

/// <summary>One instruction with its guard and operands (PTX ISA 4.3.2, 6).</summary>
internal sealed class InstructionParser(TokenReader reader, PtxModule module, NameScope scope, int registerCount)
{
    private const int MostOperands = 64;
    private const int DeepestOperand = 8;

    /// <summary>Other names of .x .y .z .w, which the lexer takes as a part of the name.</summary>
    private static readonly Dictionary<string, string> SpecialComponents = new()
    {
        [".r"] = ".x",
        [".g"] = ".y",
        [".b"] = ".z",
        [".a"] = ".w",
    };

    private readonly ConstantParser constants = new(reader);
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
            if (name == "%is_explicit_cluster")
            {
                module.Require(line, name);
                throw new PtxException(line, $"the guard {name} isn't covered") { IsLimit = true };
            }
            guard = scope.FindRegister(name, ref registers);
            if (guard is not { Type: PtxType.Pred })
                throw new PtxException(line, $"the guard '{name}' isn't a predicate");
        }
        string opcode = reader.ExpectName();
        var suffixes = new List<string>();
        while (reader.Current.Kind == TokenKind.Suffix)
            suffixes.Add(reader.Take().Text[1..]);
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
            if (operands.Count >= MostOperands)
                throw new PtxException(reader.Line, "too many operands") { IsLimit = true };
            operands.Add(Operand(0));
        });
        return operands;
    }

    /// <summary>
    /// call (results), function, (arguments), targets: results and arguments come as vectors; the last operand names the
    /// .calltargets or .callprototype of a call through a register.
    /// </summary>
    private List<PtxOperand> Call()
    {
        int line = reader.Line;
        List<PtxOperand> results = [], arguments = [];
        PtxOperand? targets = null;
        if (reader.TryTake("("))
        {
            results = Operands(")");
            reader.Expect(",");
        }
        PtxOperand function = Operand(0);
        if (reader.TryTake(","))
        {
            bool hasArguments = reader.TryTake("(");
            if (hasArguments)
                arguments = Operands(")");
            if (!hasArguments || reader.TryTake(","))
                targets = Operand(0);
        }
        reader.Expect(";");
        List<PtxOperand> all = [Vector(results, line), function, Vector(arguments, line)];
        if (targets is not null)
            all.Add(targets);
        return all;
    }

    private static PtxOperand Vector(List<PtxOperand> parts, int line) => new(OperandKind.Vector, line) { Parts = parts };

    private PtxOperand Operand(int depth)
    {
        int line = reader.Line;
        if (depth > DeepestOperand)
            throw new PtxException(line, "operands are nested too deep") { IsLimit = true };
        if (reader.TryTake("["))
        {
            var parts = new List<PtxOperand>();
            reader.List("]", () => parts.Add(Operand(depth + 1)));
            if (parts.Count == 0)
                throw new PtxException(line, "an address is empty");
            if (parts.Skip(1).Any(p => p.Kind is OperandKind.Integer or OperandKind.Real))
                throw new PtxException(line, "a number can't stand behind a comma in an address");
            long shift = parts[0].Kind == OperandKind.Integer ? 0 : parts[0].Offset;
            return new PtxOperand(OperandKind.Address, line) { Parts = parts, Offset = shift };
        }
        if (reader.TryTake("{"))
        {
            var parts = new List<PtxOperand>();
            reader.List("}", () => parts.Add(Operand(depth + 1)));
            return Vector(parts, line);
        }
        PtxOperand operand = Simple(line);
        if (!reader.TryTake("|"))
            return operand;
        return new PtxOperand(OperandKind.Pair, line) { Parts = [operand, Simple(line)] };
    }

    private PtxOperand Simple(int line)
    {
        if (constants.AtConstant)
            return Number(line);
        bool inverted = reader.TryTake("!");
        if (reader.Current.Kind != TokenKind.Name)
            throw reader.Unexpected("an operand");
        (string name, string? selector) = Name();
        if (name == "_")
            return new PtxOperand(OperandKind.Sink, line);
        PtxRegister? register = scope.FindRegister(name, ref registers);
        if (inverted && register is not { Type: PtxType.Pred })
            throw new PtxException(line, $"'!{name}' isn't a predicate");
        if (register is null && scope.FindVector(name, ref registers) is { } lanes)
            return Vector([.. lanes.Select(l => new PtxOperand(OperandKind.Register, line) { Register = l, Name = l.Name })], line);
        long offset = Offset(name);
        if (register is not null)
        {
            return new PtxOperand(OperandKind.Register, line)
            {
                Register = register,
                Inverted = inverted,
                Offset = offset,
                Name = name,
                Selector = selector,
            };
        }
        if (scope.IsPadded(name))
            throw new PtxException(line, $"'{name}' has zeros before its number, which aren't read") { IsLimit = true };
        if (name[0] == '%' && offset != 0)
            throw new PtxException(line, $"nothing can be added to {name}");
        if (name[0] == '%')
            return new PtxOperand(OperandKind.Special, line) { Name = name };
        return new PtxOperand(OperandKind.Symbol, line) { Name = name, Offset = offset, Variable = scope.FindVariable(name) };
    }

    /// <summary>A name, with the component of a vector register (v.x) or the part of a register (r.b0) that follows.</summary>
    private (string Name, string? Selector) Name()
    {
        string name = reader.ExpectName();
        if (reader.Current is not { Kind: TokenKind.Suffix, Joined: true } component)
            return (name, null);
        reader.Take();
        if (scope.FindRegister(name + component.Text, ref registers) is not null)
            return (name + component.Text, null);
        if (name[0] == '%' && SpecialComponents.TryGetValue(component.Text, out string? axis))
            return (name + axis, null);
        bool isPart = component.Text[1] is 'b' or 'h' && component.Text.Length > 2 && component.Text[2..].All(char.IsAsciiDigit);
        if (isPart && scope.FindRegister(name, ref registers) is { Type: not PtxType.Pred })
            return (name, component.Text[1..]);
        throw new PtxException(component.Line, $"'{name}' has no part '{component.Text}'");
    }

    private long Offset(string name)
    {
        if (reader.TryTake("+"))
            return constants.ParseInteger();
        return reader.Current.Is("-") ? throw new PtxException(reader.Line, $"an offset is added: write {name}+-4 to subtract 4") : 0;
    }

    private PtxOperand Number(int line)
    {
        Constant value = constants.Parse();
        return value.IsReal ? new PtxOperand(OperandKind.Real, line) { Bits = value.Bits, Single = value.Single }
            : new PtxOperand(OperandKind.Integer, line) { Bits = value.Bits };
    }
}
