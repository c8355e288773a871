namespace CogVideoX.Emulator.Syntax;

/// <summary>Variable declarations with their initialisers (PTX ISA 5.4).</summary>
internal sealed class VariableParser(TokenReader reader, PtxModule module)
{
    private const long MostBytes = 1L << 32;

    private static readonly Dictionary<string, StateSpace> Spaces = new()
    {
        [".const"] = StateSpace.Const,
        [".global"] = StateSpace.Global,
        [".local"] = StateSpace.Local,
        [".shared"] = StateSpace.Shared,
        [".shared::cta"] = StateSpace.Shared,
        [".param"] = StateSpace.Param,
    };

    public bool AtVariable => Spaces.ContainsKey(reader.Current.Text);

    /// <summary>The texts of a .pragma; ptxas minds those that it knows and passes over the others.</summary>
    public void Pragma()
    {
        do
        {
            if (reader.Current.Kind != TokenKind.Text)
                throw reader.Unexpected("a text in quotes");
            Token text = reader.Take();
            module.Require(text.Line, text.Text.Split(' ')[0]);
        }
        while (reader.TryTake(","));
        reader.Expect(";");
    }

    /// <summary>Space, attributes, type and one or more names; the semicolon is left.</summary>
    public List<PtxVariable> Parse(bool isExtern)
    {
        var variables = new List<PtxVariable>();
        Func<IEnumerable<PtxVariable>> next = Start(isExtern);
        do
            variables.AddRange(next());
        while (reader.TryTake(","));
        return variables;
    }

    /// <summary>One parameter of a function.</summary>
    public IEnumerable<PtxVariable> ParseParameter() => Start(isExtern: false)();

    private Func<IEnumerable<PtxVariable>> Start(bool isExtern)
    {
        Token first = reader.Take();
        if (!Spaces.TryGetValue(first.Text, out StateSpace space))
            throw new PtxException(first.Line, $"'{first.Text}' doesn't start a directive");
        (PtxType type, int lanes, int align, bool isOpaque) = Attributes();
        return () => Named(space, type, lanes, align, isOpaque, isExtern);
    }

    private (PtxType Type, int Lanes, int Align, bool IsOpaque) Attributes()
    {
        int align = 0, lanes = 1;
        while (reader.Current.Kind == TokenKind.Suffix)
        {
            Token word = reader.Take();
            module.Require(word.Line, word.Text);
            switch (word.Text)
            {
                case ".align": align = Alignment(); break;
                case ".v2": lanes = 2; break;
                case ".v4": lanes = 4; break;
                case ".attribute": SkipParentheses(); break;
                case ".samplerref" when !module.Targets.Contains("texmode_independent"):
                    throw new PtxException(word.Line, ".samplerref needs .target texmode_independent");
                case ".texref" or ".samplerref" or ".surfref": return (PtxType.B64, 1, Math.Max(align, 8), true);   // PTX ISA 5.3
                default:
                    if (!PtxTypes.TryParse(word.Text[1..], out PtxType type) || type == PtxType.Pred || !type.IsDeclarable())
                        throw new PtxException(word.Line, $"'{word.Text}' isn't a type of a variable");
                    align = Math.Max(align, type.Bytes() * lanes);
                    PointerHints();
                    return (type, lanes, align, false);
            }
        }
        throw reader.Unexpected("a type");
    }

    /// <summary>.param .u64 .ptr .global .align 16 name (PTX ISA 5.1.6.2).</summary>
    private void PointerHints()
    {
        while (reader.Current.Text is ".ptr" or ".global" or ".const" or ".shared" or ".local" or ".align")
        {
            if (reader.Take().Text == ".align")
                Alignment();
        }
    }

    private int Alignment()
    {
        int line = reader.Line, align = reader.ExpectInteger(1, 1 << 20);
        return int.IsPow2(align) ? align : throw new PtxException(line, $".align {align} isn't a power of two");
    }

    private void SkipParentheses()
    {
        reader.Expect("(");
        while (!reader.TryTake(")"))
        {
            if (reader.Take().Kind == TokenKind.End)
                throw reader.Unexpected("')'");
        }
    }

    /// <summary>The fields of a texture, sampler or surface: <c>{ addr_mode_0 = clamp_to_edge, filter_mode = linear }</c>.</summary>
    private void SkipFields()
    {
        reader.Expect("{");
        while (!reader.TryTake("}"))
        {
            if (reader.Take().Kind == TokenKind.End)
                throw reader.Unexpected("'}'");
        }
    }

    private IEnumerable<PtxVariable> Named(StateSpace space, PtxType type, int lanes, int align, bool isOpaque, bool isExtern)
    {
        int line = reader.Line;
        string name = reader.ExpectName();
        long elements = lanes;
        bool open = false;
        if (reader.TryTake("<"))
            return Numbered(name, line, space, type, elements, align);
        while (reader.TryTake("["))
        {
            if (reader.TryTake("]"))
            {
                open = true;
                continue;
            }
            elements = Times(elements, reader.ExpectInteger(), type.Bytes(), line);
            reader.Expect("]");
        }
        if (space == StateSpace.Param && lanes > 1)
            throw new PtxException(line, $"the parameter {name} can't be a vector");
        var initial = new InitializerParser(reader, type, isArray: lanes > 1 || elements > 1 || open);
        if (reader.TryTake("="))
        {
            if (space is not (StateSpace.Global or StateSpace.Const))
                throw new PtxException(line, $"{name} can't have a first value: only .global and .const variables can");
            if (isOpaque)
                SkipFields();
            else
                initial.Parse();
        }
        long size = elements * type.Bytes();
        if (open && initial.Bytes.Count > 0)
            size = Math.Max(size, initial.Bytes.Count);
        if (size == 0 && !open && !isExtern)
            throw new PtxException(line, $"{name} has no bytes");
        bool isDynamic = open && initial.Bytes.Count == 0;
        if (isDynamic && !(isExtern && space == StateSpace.Shared) && space != StateSpace.Param && !isExtern)
            throw new PtxException(line, $"{name}[] has no size");
        if (initial.Bytes.Count > size)
            throw new PtxException(line, $"the initialiser of {name} is longer than it");
        var variable = new PtxVariable(name, space, type, line)
        {
            Align = align,
            Size = isDynamic ? 0 : size,
            IsDynamic = isDynamic,
            Initial = [.. initial.Bytes],
        };
        variable.References.AddRange(initial.References);
        return [variable];
    }

    private List<PtxVariable> Numbered(string name, int line, StateSpace space, PtxType type, long lanes, int align)
    {
        int count = reader.ExpectInteger(1, 1 << 16);
        reader.Expect(">");
        return [.. Enumerable.Range(0, count).Select(i =>
            new PtxVariable(name + i, space, type, line) { Align = align, Size = lanes * type.Bytes() })];
    }

    private static long Times(long elements, long count, int bytes, int line)
    {
        if (count < 0 || count > MostBytes || elements * bytes > MostBytes / Math.Max(count, 1))
            throw new PtxException(line, "an array is larger than 4 GiB") { IsLimit = count > 0 };
        return elements * count;
    }
}
