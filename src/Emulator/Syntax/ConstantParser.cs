namespace CogVideoX.Emulator.Syntax;

/// <summary>
/// Constant expressions (PTX ISA 4.5.4–4.5.6): precedence as in C, each operator with the types that the ISA's table gives it.
/// </summary>
internal sealed class ConstantParser(TokenReader reader)
{
    private const int Deepest = 64;
    private const int WarpSize = 32;

    private static readonly string[][] Levels =
        [["||"], ["&&"], ["|"], ["^"], ["&"], ["==", "!="], ["<=", ">=", "<", ">"], ["<<", ">>"], ["+", "-"], ["*", "/", "%"]];

    private int depth;

    /// <summary>Whether a constant starts here; '!' before a name asks for a predicate instead.</summary>
    public bool AtConstant => reader.Current.Kind switch
    {
        TokenKind.Integer or TokenKind.Real => true,
        TokenKind.Name => IsWarpSize(reader.Current),
        TokenKind.Mark when reader.Current.Text == "!" => reader.Ahead(1).Kind != TokenKind.Name || IsWarpSize(reader.Ahead(1)),
        TokenKind.Mark => reader.Current.Text is "(" or "-" or "+" or "~",
        _ => false,
    };

    public Constant Parse()
    {
        Constant condition = Binary(0);
        if (!reader.TryTake("?"))
            return condition;
        bool first = !IsZero(condition);
        Constant yes = Nested(), no = Otherwise();
        if (yes.IsReal != no.IsReal)
            throw Wrong("both sides of '?:' must be integers, or both real");
        Constant chosen = first ? yes : no;
        bool unsigned = yes.Type == ConstantType.Unsigned || no.Type == ConstantType.Unsigned;
        return unsigned ? chosen with { Type = ConstantType.Unsigned } : chosen;
    }

    /// <summary>An expression that must be an integer.</summary>
    public long ParseInteger()
    {
        Constant value = Parse();
        return value.IsReal ? throw Wrong("an integer belongs here") : (long)value.Bits;
    }

    private Constant Otherwise()
    {
        reader.Expect(":");
        return Nested();
    }

    private Constant Nested()
    {
        if (++depth > Deepest)
            throw Wrong("a constant expression is nested too deep");
        Constant value = Parse();
        depth--;
        return value;
    }

    private Constant Binary(int level)
    {
        if (level == Levels.Length)
            return Unary();
        Constant left = Binary(level + 1);
        while (Operator(level) is { } name)
            left = ConstantArithmetic.Do(name, left, Binary(level + 1), reader.Line);
        return left;
    }

    /// <summary>Takes an operator of a level; of two marks if they make one operator.</summary>
    private string? Operator(int level)
    {
        Token first = reader.Current, second = reader.Ahead(1);
        if (first.Kind != TokenKind.Mark)
            return null;
        string both = second is { Kind: TokenKind.Mark, Joined: true } ? first.Text + second.Text : "";
        bool isPair = Array.Exists(Levels, l => l.Contains(both));
        string name = isPair ? both : first.Text;
        if (!Levels[level].Contains(name))
            return null;
        reader.Take();
        if (isPair)
            reader.Take();
        return name;
    }

    private Constant Unary()
    {
        if (++depth > Deepest)
            throw Wrong("a constant expression is nested too deep");
        Constant value = UnaryOf();
        depth--;
        return value;
    }

    private Constant UnaryOf()
    {
        if (reader.TryTake("+"))
            return Unary();
        if (reader.TryTake("-"))
            return Negate(Unary());
        if (reader.TryTake("!"))
            return Constant.Of(IsZero(Unary()));
        if (reader.TryTake("~"))
            return Constant.Of(~Integer(Unary(), "~"));
        if (!reader.TryTake("("))
            return Literal();
        if (reader.TryTake(".s64"))
            return Cast(ConstantType.Signed);
        if (reader.TryTake(".u64"))
            return Cast(ConstantType.Unsigned);
        Constant inner = Nested();
        reader.Expect(")");
        return inner;
    }

    private Constant Cast(ConstantType type)
    {
        reader.Expect(")");
        return new Constant(type, Integer(Unary(), "a cast"));
    }

    private Constant Literal()
    {
        Token token = reader.Current;
        if (IsWarpSize(token))
        {
            reader.Take();
            return Constant.Of((long)WarpSize);
        }
        if (token.Kind is not (TokenKind.Integer or TokenKind.Real))
            throw reader.Unexpected("a constant");
        reader.Take();
        if (token.Kind == TokenKind.Real)
            return new Constant(ConstantType.Real, token.Bits, token.Single);
        return new Constant(token.Unsigned || token.Bits > long.MaxValue ? ConstantType.Unsigned : ConstantType.Signed, token.Bits);
    }

    private static Constant Negate(Constant value)
    {
        if (!value.IsReal)
            return value with { Bits = 0 - value.Bits };
        return value with { Bits = value.Bits ^ (value.Single ? 0x8000_0000 : 0x8000_0000_0000_0000) };
    }

    private bool IsZero(Constant value) => Integer(value, "a condition") == 0;

    private ulong Integer(Constant value, string what) => value.IsReal ? throw Wrong($"{what} takes integers") : value.Bits;

    private static bool IsWarpSize(Token token) => token is { Kind: TokenKind.Name, Text: "WARP_SZ" };

    private PtxException Wrong(string message) => new(reader.Line, message);
}
