namespace CogVideoX.Emulator.Syntax;

/// <summary>Entries and functions: signature, performance directives, body (PTX ISA 11.1–11.4).</summary>
internal sealed class FunctionParser(TokenReader reader, VariableParser variables, NameScope moduleScope)
{
    private const int DeepestScopes = 256;

    private static readonly HashSet<string> PlainDirectives = [".noreturn", ".explicitcluster", ".blocksareclusters", ".unified"];

    private static readonly HashSet<string> NumberDirectives =
        [".maxntid", ".reqntid", ".minnctapersm", ".maxnctapersm", ".maxnreg", ".reqnctapercluster", ".maxclusterrank", ".abi_preserve"];

    private readonly List<(PtxInstruction Instruction, string Label)> labelUses = [];
    private PtxFunction function = null!;
    private NameScope scope = new(moduleScope);
    private SourceLocation location;

    public PtxFunction Parse()
    {
        int line = reader.Line;
        bool isEntry = reader.Take().Text == ".entry";
        var returns = new List<PtxVariable>();
        if (reader.TryTake("(")) Parameters(returns);
        function = new PtxFunction(reader.ExpectName(), isEntry, line);
        function.Returns.AddRange(returns);
        if (reader.TryTake("(")) Parameters(function.Parameters);
        foreach (PtxVariable variable in function.Returns.Concat(function.Parameters))
            if (!scope.Declare(variable)) throw new PtxException(variable.Line, $"{variable.Name} is declared twice");
        Directives();
        if (reader.TryTake(";")) return function;
        reader.Expect("{");
        function.HasBody = true;
        Block(line);
        foreach ((PtxInstruction instruction, string label) in labelUses)
            if (instruction.Scope.FindLabel(label) is null) throw new PtxException(instruction.Line, $"no label '{label}'");
        return function;
    }

    private void Parameters(List<PtxVariable> list) => reader.List(")", () =>
    {
        if (reader.Current.Is(".reg")) throw new PtxException(reader.Line, "parameters in registers aren't supported");
        list.AddRange(variables.ParseParameter());
    });

    private void Directives()
    {
        while (reader.Current.Kind == TokenKind.Suffix)
        {
            Token word = reader.Take();
            if (PlainDirectives.Contains(word.Text)) function.Directives[word.Text[1..]] = [];
            else if (word.Text == ".pragma") Pragma();
            else if (NumberDirectives.Contains(word.Text)) function.Directives[word.Text[1..]] = Numbers();
            else throw new PtxException(word.Line, $"unknown directive '{word.Text}'");
        }
    }

    private int[] Numbers()
    {
        var numbers = new List<int>();
        do numbers.Add(reader.ExpectInteger(0, int.MaxValue));
        while (reader.TryTake(","));
        return [.. numbers];
    }

    private void Pragma()
    {
        while (reader.Current.Kind == TokenKind.Text || reader.Current.Is(",")) reader.Take();
        reader.Expect(";");
    }

    /// <summary>Statements up to the function's closing brace; inner braces open and close scopes.</summary>
    private void Block(int line)
    {
        for (int depth = 1; depth > 0;)
        {
            if (reader.Current.Kind == TokenKind.End) throw new PtxException(line, $"the body of {function.Name} isn't closed");
            if (reader.TryTake("{"))
            {
                if (++depth > DeepestScopes) throw new PtxException(reader.Line, "braces are nested too deep");
                scope = new NameScope(scope);
            }
            else if (reader.TryTake("}")) { depth--; scope = scope.Outer!; }
            else Statement();
        }
    }

    private void Statement()
    {
        Token word = reader.Current;
        if (word.Is(".loc")) { reader.Take(); location = LocationParser.Parse(reader); }
        else if (word.Is(".pragma")) { reader.Take(); Pragma(); }
        else if (word.Is(".reg")) Registers();
        else if (variables.AtVariable || word.Is(".extern")) Variables();
        else if (word.Kind == TokenKind.Name && reader.Ahead(1).Is(":")) Label();
        else if (word.Is(";")) reader.Take();
        else Instruction();
    }

    private void Variables()
    {
        bool isExtern = reader.TryTake(".extern");
        foreach (PtxVariable variable in variables.Parse(isExtern))
        {
            if (!scope.Declare(variable)) throw new PtxException(variable.Line, $"{variable.Name} is declared twice");
            function.Variables.Add(variable);
        }
        reader.Expect(";");
    }

    private void Registers()
    {
        reader.Take();
        Token word = reader.Take();
        if (word.Text is ".v2" or ".v4") throw new PtxException(word.Line, "vector registers aren't supported");
        if (word.Kind != TokenKind.Suffix || !PtxTypes.TryParse(word.Text[1..], out PtxType type))
            throw new PtxException(word.Line, $"'{word.Text}' isn't a type of a register");
        do
        {
            int line = reader.Line;
            string name = reader.ExpectName();
            bool fresh = reader.TryTake("<")
                ? scope.DeclareRange(name, type, Count())
                : scope.Declare(new PtxRegister(name, type, function.RegisterCount++));
            if (!fresh) throw new PtxException(line, $"{name} is declared twice");
        }
        while (reader.TryTake(","));
        reader.Expect(";");
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
            do labels.Add(reader.ExpectName());
            while (reader.TryTake(","));
            reader.Expect(";");
            if (!scope.BranchTargets.TryAdd(name, labels)) throw new PtxException(line, $"{name} is declared twice");
            return;
        }
        if (reader.Current.Text is ".callprototype" or ".calltargets") throw new PtxException(line, "indirect calls aren't supported");
        if (!scope.Labels.TryAdd(name, function.Instructions.Count)) throw new PtxException(line, $"the label {name} stands twice");
    }

    private void Instruction()
    {
        int count = function.RegisterCount;
        var parser = new InstructionParser(reader, scope, count);
        PtxInstruction instruction = parser.Parse(location);
        function.RegisterCount = parser.RegisterCount;
        function.Instructions.Add(instruction);
        if (instruction.Opcode == "bra") labelUses.Add((instruction, instruction.Operands is [{ Name: var name }] ? name : ""));
    }
}
