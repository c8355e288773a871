namespace CogVideoX.Emulator.Syntax;

/// <summary>Module-level directives (PTX ISA 11).</summary>
internal sealed class ModuleParser(List<Token> tokens)
{
    private const int MostConstantBytes = 64 << 10;

    private static readonly PtxVersion LargeParameters = new(8, 1);

    private readonly TokenReader reader = new(tokens);
    private readonly PtxModule module = new();
    private readonly NameScope scope = new(null);
    private bool hasSections;

    public PtxModule Parse()
    {
        new HeaderParser(reader, module).Parse();
        var variables = new VariableParser(reader, module);
        while (reader.Current.Kind != TokenKind.End)
            Directive(variables);
        RequireDebugInformation();
        RequireRoom();
        int number = 0;
        foreach (PtxFunction function in module.Functions.Values)
            function.Number = number++;
        return module;
    }

    /// <summary>
    /// What a device has for constants, and a kernel's parameters (PTX ISA 5.1.3, 5.1.6; more parameters came with version 8.1).
    /// </summary>
    private void RequireRoom()
    {
        long constants = module.Variables.Where(v => v.Space == StateSpace.Const).Sum(v => v.Size);
        if (constants > MostConstantBytes)
        {
            throw new PtxException(1,
            $"{constants} bytes of constants; a module may have {MostConstantBytes}");
        }
        int most = module.IsaVersion < LargeParameters ? 4352 : 32764;
        foreach (PtxFunction entry in module.Functions.Values.Where(f => f.IsEntry))
        {
            if (entry.Parameters.Sum(p => p.Size) is var bytes && bytes > most)
            {
                throw new PtxException(entry.Line,
                    $"{entry.Name} has {bytes} bytes of parameters; with .version {module.Version} it may have {most}");
            }
        }
    }

    private void RequireDebugInformation()
    {
        if (module.Targets.Contains("debug") && !hasSections)
            throw new PtxException(1, ".target debug needs debug information (.section), and there is none");
    }

    private void Directive(VariableParser variables)
    {
        Token word = reader.Current;
        switch (word.Text)
        {
            case ".file": File(); break;
            case ".section": Section(); break;
            case ".pragma": reader.Take(); variables.Pragma(); break;
            case ".alias": Alias(); break;
            case ".loc": reader.Take(); LocationParser.Parse(reader, module.Locations); break;
            default: Declaration(variables); break;
        }
    }

    private void File()
    {
        reader.Take();
        int number = reader.ExpectInteger(0, int.MaxValue);
        if (reader.Current.Kind != TokenKind.Text)
            throw reader.Unexpected("a file name");
        module.Files[number] = reader.Take().Text;
        while (reader.TryTake(","))
            reader.ExpectInteger();
    }

    /// <summary>Debug sections hold nothing that runs: they are skipped to their closing brace.</summary>
    private void Section()
    {
        int line = reader.Take().Line;
        hasSections = true;
        reader.Take();
        reader.Expect("{");
        for (int depth = 1; depth > 0;)
        {
            Token token = reader.Take();
            if (token.Kind == TokenKind.End)
                throw new PtxException(line, ".section isn't closed");
            if (token.Is("{"))
                depth++;
            else if (token.Is("}"))
                depth--;
        }
    }

    /// <summary>.alias name, function: both declared before (PTX ISA 11.5).</summary>
    private void Alias()
    {
        int line = reader.Take().Line;
        string name = reader.ExpectName();
        reader.Expect(",");
        string of = reader.ExpectName();
        reader.Expect(";");
        if (!module.Functions.TryGetValue(of, out PtxFunction? function) || function.IsEntry || !function.HasBody)
            throw new PtxException(line, $"the alias {name} needs the function '{of}', defined before");
        if (module.Functions.TryGetValue(name, out PtxFunction? earlier) && earlier.HasBody)
            throw new PtxException(line, $"{name} is defined twice");
        module.Functions[name] = function;
    }

    private void Declaration(VariableParser variables)
    {
        var linkage = new HashSet<string>();
        while (reader.Current.Text is ".extern" or ".visible" or ".weak" or ".common")
            linkage.Add(reader.Take().Text);
        if (reader.Current.Is(".entry") || reader.Current.Is(".func"))
        {
            PtxFunction function = new FunctionParser(reader, variables, module, scope).Parse();
            if (scope.FindVariable(function.Name) is not null)
                throw new PtxException(function.Line, $"{function.Name} is a variable, too");
            if (module.Functions.TryGetValue(function.Name, out PtxFunction? earlier) && earlier.HasBody && function.HasBody)
                throw new PtxException(function.Line, $"{function.Name} is defined twice");
            if (earlier is null || function.HasBody)
                module.Functions[function.Name] = function;
            return;
        }
        foreach (PtxVariable variable in variables.Parse(linkage.Contains(".extern")))
        {
            if (variable.Space is StateSpace.Reg or StateSpace.Param or StateSpace.Local)
            {
                throw new PtxException(variable.Line,
                    $"a {variable.Space.ToString().ToLowerInvariant()} variable can't stand outside a function");
            }
            if (!scope.Declare(variable) || module.Functions.ContainsKey(variable.Name))
                throw new PtxException(variable.Line, $"{variable.Name} is declared twice");
            module.Variables.Add(variable);
        }
        reader.Expect(";");
    }
}
