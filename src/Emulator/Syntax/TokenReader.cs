namespace CogVideoX.Emulator.Syntax;

/// <summary>A place in the words of a module, and the questions a parser asks there.</summary>
internal sealed class TokenReader(List<Token> tokens)
{
    private int at;

    public Token Current => tokens[at];

    public int Line => Current.Line;

    public Token Ahead(int count) => tokens[Math.Min(at + count, tokens.Count - 1)];

    public Token Take()
    {
        Token token = tokens[at];
        if (at < tokens.Count - 1)
            at++;
        return token;
    }

    public bool TryTake(string text)
    {
        if (!Current.Is(text))
            return false;
        Take();
        return true;
    }

    public void Expect(string text)
    {
        if (!TryTake(text))
            throw Unexpected($"'{text}'");
    }

    public string ExpectName()
    {
        if (Current.Kind != TokenKind.Name)
            throw Unexpected("a name");
        return Take().Text;
    }

    public long ExpectInteger()
    {
        bool negative = TryTake("-");
        if (Current.Kind != TokenKind.Integer)
            throw Unexpected("an integer");
        long value = (long)Take().Bits;
        return negative ? -value : value;
    }

    public int ExpectInteger(int least, int most)
    {
        int line = Line;
        long value = ExpectInteger();
        if (value < least || value > most)
            throw new PtxException(line, $"{value} isn't between {least} and {most}");
        return (int)value;
    }

    /// <summary>A comma-separated list that ends with <paramref name="close"/>, which is taken; may be empty.</summary>
    public void List(string close, Action item)
    {
        if (TryTake(close))
            return;
        do
            item();
        while (TryTake(","));
        Expect(close);
    }

    public PtxException Unexpected(string wanted) => new(Line, $"expected {wanted}, found '{Current.Text}'");
}
