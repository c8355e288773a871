namespace CogVideoX.Emulator.Syntax;

/// <summary>Entries and functions: signature, performance directives, body (PTX ISA 11.1–11.4).</summary>
internal sealed class FunctionParser(TokenReader reader, VariableParser variables, PtxModule module, NameScope moduleScope)
{
    private const int DeepestScopes = 256;

    private static readonly HashSet<string> PlainDirectives = [".noreturn", ".explicitcluster", ".blocksareclusters", ".unified"];

    private static readonly HashSet<string> NumberDirectives =
        [".maxntid", ".reqntid", ".minnctapersm", ".maxnreg", ".reqnctapercluster", ".maxclusterrank", ".abi_preserve"];

    private readonly List<(PtxInstruction Instruction, string Label)> labelUses = [];
    private PtxFunction function = null!;
    private NameScope scope = new(moduleScope);
    private SourceLocation location;

    public PtxFunction Parse()
    {
        int line = reader.Line;
        bool isEntry = reader.Take().Text == ".entry";
        function = Signature(isEntry, line);
        if (isEntry && function.Returns.Count > 0)
            throw new PtxException(line, $"the kernel {function.Name} can't return anything");
        foreach (PtxVariable variable in function.Returns.Concat(function.Parameters))
            Declare(variable, isEntry);
        Directives();
        RefuseConflicts();
        if (reader.TryTake(";"))
            return function;
        reader.Expect("{");
        function.HasBody = true;
        Block(line);
        foreach ((PtxInstruction instruction, string label) in labelUses)
        {
            if (instruction.Scope.FindLabel(label) is null)
                throw new PtxException(instruction.Line, $"no label '{label}'");
        }
        return function;
    }

    /// <summary>(results) name (parameters), of a function or a prototype.</summary>
    private PtxFunction Signature(bool isEntry, int line)
    {
        var returns = new List<PtxVariable>();
        if (reader.TryTake("("))
            Parameters(returns);
        var made = new PtxFunction(reader.ExpectName(), isEntry, line);
        made.Returns.AddRange(returns);
        if (reader.TryTake("("))
            Parameters(made.Parameters);
        return made;
    }

    private void Parameters(List<PtxVariable> list) => reader.List(")", () =>
    {
        if (reader.TryTake(".reg"))
            list.Add(RegisterParameter());
        else
            list.AddRange(variables.ParseParameter());
    });

    private PtxVariable RegisterParameter()
    {
        PtxType type = RegisterType();
        int line = reader.Line;
        return new PtxVariable(reader.ExpectName(), StateSpace.Reg, type, line) { Size = type.Bytes() };
    }

    private void Declare(PtxVariable parameter, bool isEntry)
    {
        if (parameter.Space == StateSpace.Reg && isEntry)
            throw new PtxException(parameter.Line, $"the parameter {parameter.Name} of a kernel must be in .param, not in a register");
        if (parameter.IsDynamic && isEntry)
            throw new PtxException(parameter.Line, $"the parameter {parameter.Name} of a kernel needs a size");
        if (parameter.Space == StateSpace.Reg)
        {
            parameter.Register = new PtxRegister(parameter.Name, parameter.Type,
            function.RegisterCount++);
        }
        bool fresh = parameter.Register is { } register ? scope.Declare(register) : scope.Declare(parameter);
        if (!fresh)
            throw new PtxException(parameter.Line, $"{parameter.Name} is declared twice");
    }

    private void Directives()
    {
        while (reader.Current.Kind == TokenKind.Suffix)
        {
            Token word = reader.Take();
            module.Require(word.Line, word.Text);
            if (PlainDirectives.Contains(word.Text))
                function.Directives[word.Text[1..]] = [];
            else if (word.Text == ".pragma")
                variables.Pragma();
            else if (word.Text == ".maxnctapersm")
                throw new PtxException(word.Line, ".maxnctapersm is gone since .version 2.1: .minnctapersm is what is left of it");
            else if (word.Text == ".abi_preserve" && function.IsEntry)
                throw new PtxException(word.Line, ".abi_preserve belongs to functions, not to kernels");
            else if (NumberDirectives.Contains(word.Text))
                function.Directives[word.Text[1..]] = Numbers(word);
            else
                throw new PtxException(word.Line, $"unknown directive '{word.Text}'");
        }
    }

    private int[] Numbers(Token directive)
    {
        var numbers = new List<int>();
        do
            numbers.Add(reader.ExpectInteger(0, int.MaxValue));
        while (reader.TryTake(","));
        bool isShape = directive.Text is ".maxntid" or ".reqntid" or ".reqnctapercluster";
        if (numbers.Count > (isShape ? 3 : 1))
            throw new PtxException(directive.Line, $"{directive.Text} takes {(isShape ? "up to three numbers" : "one number")}");
        bool mayBeZero = directive.Text is ".reqnctapercluster" or ".maxclusterrank" or ".abi_preserve";
        if (!mayBeZero && numbers.Contains(0))
            throw new PtxException(directive.Line, $"{directive.Text} can't be 0");
        return [.. numbers];
    }

    private void RefuseConflicts()
    {
        Dictionary<string, int[]> all = function.Directives;
        if (all.ContainsKey("maxntid") && all.ContainsKey("reqntid"))
            throw new PtxException(function.Line, ".maxntid and .reqntid exclude each other");
        if (all.ContainsKey("reqnctapercluster") && all.ContainsKey("maxclusterrank"))
            throw new PtxException(function.Line, ".reqnctapercluster and .maxclusterrank exclude each other");
    }

    /// <summary>Statements up to the function's closing brace; inner braces open and close scopes.</summary>
    private void Block(int line)
    {
        for (int depth = 1; depth > 0;)
        {
            if (reader.Current.Kind == TokenKind.End)
                throw new PtxException(line, $"the body of {function.Name} isn't closed");
            if (reader.TryTake("{"))
            {
                if (++depth > DeepestScopes)
                    throw new PtxException(reader.Line, "braces are nested too deep") { IsLimit = true };
                scope = new NameScope(scope);
            }
            else if (reader.TryTake("}"))
            {
                depth--;
                scope = scope.Outer!;
            }
            else
            {
                Statement();
            }
        }
    }

    private void Statement()
    {
        Token word = reader.Current;
        if (word.Is(".loc"))
        {
            reader.Take();
            location = LocationParser.Parse(reader, module.Locations);
        }
        else if (word.Is(".pragma"))
        {
            reader.Take();
            variables.Pragma();
        }
        else if (word.Is(".reg"))
        {
            Registers();
        }
        else if (variables.AtVariable)
        {
            Variables();
        }
        else if (word.Kind == TokenKind.Name && reader.Ahead(1).Is(":"))
        {
            Label();
        }
        else
        {
            Instruction();
        }
    }

    private void Variables()
    {
        foreach (PtxVariable variable in variables.Parse(isExtern: false))
        {
            if (!scope.Declare(variable))
                throw new PtxException(variable.Line, $"{variable.Name} is declared twice");
            function.Variables.Add(variable);
        }
        reader.Expect(";");
    }

    private void Registers()
    {
        reader.Take();
        int lanes = reader.TryTake(".v2") ? 2 : reader.TryTake(".v4") ? 4 : 1;
        PtxType type = RegisterType();
        if (lanes * type.Bytes() is > 16 || (lanes > 1 && type == PtxType.Pred))
        {
            throw new PtxException(reader.Line,
                $".v{lanes} {type.Text()} isn't a vector register: it has at most 16 bytes and no predicates");
        }
        do
        {
            int line = reader.Line, count = function.RegisterCount;
            string name = reader.ExpectName();
            if (name == "_")
                throw new PtxException(line, "'_' isn't a name");
            bool fresh = reader.TryTake("<") ? scope.DeclareRange(name, type, Count(), lanes)
                : lanes > 1 ? scope.DeclareVector(name, type, lanes, ref count)
                : scope.Declare(new PtxRegister(name, type, count++));
            function.RegisterCount = count;
            if (!fresh)
                throw new PtxException(line, $"{name} is declared twice");
        }
        while (reader.TryTake(","));
        reader.Expect(";");
    }

    private PtxType RegisterType()
    {
        Token word = reader.Take();
        module.Require(word.Line, word.Text);
        return word.Kind == TokenKind.Suffix && PtxTypes.TryParse(word.Text[1..], out PtxType type) && type.IsDeclarable() ? type
            : throw new PtxException(word.Line, $"'{word.Text}' isn't a type of a register");
    }

    private int Count()
    {
        int count = reader.ExpectInteger(1, 1 << 20);
        reader.Expect(">");
        return count;
    }

    private void Label()
    {
        int line = reader.Line;
        string name = reader.ExpectName();
        reader.Expect(":");
        if (reader.TryTake(".branchtargets"))
        {
            var labels = new List<string>();
            do
                labels.Add(reader.ExpectName());
            while (reader.TryTake(","));
            reader.Expect(";");
            if (!scope.BranchTargets.TryAdd(name, labels))
                throw new PtxException(line, $"{name} is declared twice");
            return;
        }
        if (reader.Current.Text is ".callprototype" or ".calltargets")
        {
            if (!scope.CallTargets.TryAdd(name, CallTargets(line)))
                throw new PtxException(line, $"{name} is declared twice");
            return;
        }
        if (!scope.Labels.TryAdd(name, function.Instructions.Count))
            throw new PtxException(line, $"the label {name} stands twice");
    }

    private CallTargets CallTargets(int line)
    {
        CallTargets made;
        if (reader.Take().Text == ".calltargets")
        {
            var functions = new List<string>();
            do
                functions.Add(reader.ExpectName());
            while (reader.TryTake(","));
            made = new CallTargets(functions, null);
        }
        else
        {
            made = new CallTargets(null, Signature(isEntry: false, line));
            while (reader.TryTake(".noreturn") || reader.TryTake(".abi_preserve") || reader.Current.Kind == TokenKind.Integer)
            {
                if (reader.Current.Kind == TokenKind.Integer)
                    reader.Take();
            }
        }
        reader.Expect(";");
        return made;
    }

    private void Instruction()
    {
        int count = function.RegisterCount;
        var parser = new InstructionParser(reader, module, scope, count);
        PtxInstruction instruction = parser.Parse(location);
        function.RegisterCount = parser.RegisterCount;
        function.Instructions.Add(instruction);
        if (instruction.Opcode == "brx")
            RequireBranchTargets(instruction);
        if (instruction.Opcode == "bra")
            labelUses.Add((instruction, instruction.Operands is [{ Name: var name }] ? name : ""));
    }

    private void RequireBranchTargets(PtxInstruction instruction)
    {
        if (instruction.Operands.Count != 2 || scope.FindBranchTargets(instruction.Operands[1].Name) is null)
        {
            throw new PtxException(
                instruction.Line, $"brx takes an index and a list of .branchtargets that stands before it, in '{instruction}'");
        }
    }
}
