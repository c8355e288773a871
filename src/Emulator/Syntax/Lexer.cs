using System.Globalization;

namespace CogVideoX.Emulator.Syntax;

/// <summary>Cuts PTX text into words (PTX ISA 4.1–4.5).</summary>
internal sealed class Lexer(string text)
{
    private const char EndOfFile = '\x1a';

    private int at;
    private int line = 1;
    private bool wasWord;

    public static List<Token> Tokens(string text)
    {
        RequireAscii(text);
        var lexer = new Lexer(text);
        var tokens = new List<Token>(text.Length / 4);
        do
        {
            tokens.Add(lexer.Next());
            // a point before a digit continues a word, as in .1d, or starts a number
            lexer.wasWord = tokens[^1].Kind is TokenKind.Name or TokenKind.Suffix;
        }
        while (tokens[^1].Kind != TokenKind.End);
        return tokens;
    }

    private static void RequireAscii(string text)
    {
        int odd = text.AsSpan().IndexOfAnyExceptInRange('\0', '\x7f');
        if (odd < 0)
            return;
        int line = text.AsSpan(0, odd).Count('\n') + 1;
        throw new PtxException(line, $"'{text[odd]}' isn't ASCII: PTX has no other characters, in comments either");
    }

    private char Peek(int ahead = 0) => at + ahead < text.Length ? text[at + ahead] : '\0';

    private Token Next()
    {
        int before = at;
        SkipBlanks();
        bool joined = at == before;
        if (at >= text.Length)
            return new Token(TokenKind.End, "end of text", 0, line, joined);
        char c = Peek();
        if (char.IsAsciiDigit(c))
            return Number(joined);
        if (IsNameStart(c) && (c != '%' || IsNamePart(Peek(1))))
            return Name(joined);
        if (c == '.' && char.IsAsciiDigit(Peek(1)) && !(joined && wasWord))
            return Decimal(at, joined);
        if (c == '.' && (char.IsAsciiLetterOrDigit(Peek(1)) || Peek(1) == '_'))
            return Suffix(joined);
        if (c == '"')
            return Quoted(joined);
        if (c == EndOfFile)
            throw new PtxException(line, "the character that ended a file once (0x1a) isn't read") { IsLimit = true };
        at++;
        return new Token(TokenKind.Mark, c.ToString(), 0, line, joined);
    }

    private void SkipBlanks()
    {
        while (at < text.Length)
        {
            char c = text[at];
            if (c == '\n')
            {
                line++;
                at++;
            }
            else if (char.IsWhiteSpace(c))
            {
                at++;
            }
            else if ((c == '/' && Peek(1) == '/') || (c == '#' && IsLineMarker()))
            {
                while (at < text.Length && text[at] != '\n')
                    at++;
            }
            else if (c == '/' && Peek(1) == '*')
            {
                SkipComment();
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>Line markers of a preprocessor (# 1 "file") say nothing to run.</summary>
    private bool IsLineMarker() => text.AsSpan(0, at).TrimEnd(" \t\r") is [] or [.., '\n']
        && text.AsSpan(at + 1).TrimStart(" \t") is [>= '0' and <= '9', ..];

    private void SkipComment()
    {
        int start = line;
        int end = text.IndexOf("*/", at + 2, StringComparison.Ordinal);
        if (end < 0)
            throw new PtxException(start, "a comment isn't closed");
        for (; at < end + 2; at++)
        {
            if (text[at] == '\n')
                line++;
        }
    }

    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c is '_' or '$' or '%';

    private static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '$';

    private Token Name(bool joined)
    {
        int start = at++;
        while (IsNamePart(Peek()))
            at++;
        // %tid.x and its kin are one name
        if (text[start] == '%' && Peek() == '.' && Peek(1) is 'x' or 'y' or 'z' or 'w' && !IsNamePart(Peek(2)))
            at += 2;
        return new Token(TokenKind.Name, text[start..at], 0, line, joined);
    }

    private Token Suffix(bool joined)
    {
        int start = at++;
        while (IsNamePart(Peek()) || (Peek() == ':' && Peek(1) == ':' && IsNamePart(Peek(2))))
            at += Peek() == ':' ? 2 : 1;
        return new Token(TokenKind.Suffix, text[start..at], 0, line, joined);
    }

    private Token Quoted(bool joined)
    {
        int start = ++at;
        while (at < text.Length && text[at] != '"' && text[at] != '\n')
            at++;
        if (Peek() != '"')
            throw new PtxException(line, "a string isn't closed");
        return new Token(TokenKind.Text, text[start..at++], 0, line, joined);
    }

    private Token Number(bool joined)
    {
        int start = at;
        char second = Peek(1);
        if (Peek() == '0' && second is 'f' or 'F' or 'd' or 'D')
            return HexFloat(joined, single: second is 'f' or 'F');
        if (Peek() == '0' && second is 'x' or 'X')
            return Radix(start + 2, 16, char.IsAsciiHexDigit, joined);
        if (Peek() == '0' && second is 'b' or 'B')
            return Radix(start + 2, 2, c => c is '0' or '1', joined);
        while (char.IsAsciiDigit(Peek()))
            at++;
        bool exponent = Peek() is 'e' or 'E' && (char.IsAsciiDigit(Peek(1)) || (Peek(1) is '+' or '-' && char.IsAsciiDigit(Peek(2))));
        if ((Peek() == '.' && !IsNamePart(Peek(1))) || (Peek() == '.' && char.IsAsciiDigit(Peek(1))) || exponent)
            return Decimal(start, joined);
        if (text[start] == '0' && at - start > 1)
            return Radix(start + 1, 8, c => c is >= '0' and <= '7', joined);
        return Radix(start, 10, char.IsAsciiDigit, joined);
    }

    private Token HexFloat(bool joined, bool single)
    {
        int start = at += 2;
        while (char.IsAsciiHexDigit(Peek()))
            at++;
        if (at - start != (single ? 8 : 16))
            throw new PtxException(line, $"a hexadecimal {(single ? "float" : "double")} has {(single ? 8 : 16)} digits");
        ulong bits = ulong.Parse(text.AsSpan(start, at - start), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return new Token(TokenKind.Real, text[start..at], bits, line, joined, single);
    }

    private Token Decimal(int start, bool joined)
    {
        if (Peek() == '.')
        {
            at++;
            while (char.IsAsciiDigit(Peek()))
                at++;
        }
        if (Peek() is 'e' or 'E')
        {
            at++;
            if (Peek() is '+' or '-')
                at++;
            while (char.IsAsciiDigit(Peek()))
                at++;
        }
        if (!double.TryParse(text.AsSpan(start, at - start), NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
            throw new PtxException(line, $"'{text[start..at]}' isn't a number");
        return new Token(TokenKind.Real, text[start..at], BitConverter.DoubleToUInt64Bits(value), line, joined);
    }

    private Token Radix(int start, uint radix, Func<char, bool> digit, bool joined)
    {
        at = start;
        ulong value = 0;
        while (digit(Peek()))
        {
            uint next = (uint)Convert.ToInt32(Peek().ToString(), 16);
            if (value > (ulong.MaxValue - next) / radix)
                throw new PtxException(line, "an integer doesn't fit 64 bits") { IsLimit = true };
            value = value * radix + next;
            at++;
        }
        if (at == start)
            throw new PtxException(line, "a number has no digits");
        string written = text[start..at];
        bool unsigned = Peek() == 'U';
        if (unsigned)
            at++;
        return new Token(TokenKind.Integer, written, value, line, joined, Unsigned: unsigned);
    }
}
