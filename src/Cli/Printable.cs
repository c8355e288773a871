using System.Buffers;
using System.Text;

namespace CogVideoX.Cli;

/// <summary>
/// Text from files and users as it may reach a terminal: what moves a cursor, colours, or turns the direction of writing is spelled as
/// <c>\u001B</c>. Within JSON, where such characters stand in strings alone, it means the same as before.
/// </summary>
internal static class Printable
{
    private const int LongestLine = 4000;

    private static readonly SearchValues<char> Harmful = SearchValues.Create(
    [
        .. Enumerable.Range(0, char.MaxValue).Select(code => (char)code)
            .Where(c => IsDirection(c) || (char.IsControl(c) && !IsSpacing(c))),
    ]);

    /// <summary>Text whose line breaks and tabs are meant.</summary>
    public static string Text(string text) => IsHarmless(text) ? text : Escaped(text, keepsLines: true);

    public static bool IsHarmless(ReadOnlySpan<char> text) => !text.ContainsAny(Harmful);

    /// <summary>One line, and no endless one.</summary>
    public static string Line(string text)
    {
        string cut = text.Length > LongestLine ? text[..LongestLine] + "…" : text;
        return IsHarmless(cut) && !cut.Any(IsSpacing) ? cut : Escaped(cut, keepsLines: false);
    }

    private static string Escaped(string text, bool keepsLines)
    {
        var result = new StringBuilder(text.Length + 16);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            _ = c switch
            {
                '\n' or '\t' when keepsLines => result.Append(c),
                '\r' when keepsLines && i + 1 < text.Length && text[i + 1] == '\n' => result.Append(c),
                '\n' => result.Append(@"\n"),
                '\r' => result.Append(@"\r"),
                '\t' => result.Append(@"\t"),
                _ when Harmful.Contains(c) => result.Append($"\\u{(int)c:X4}"),
                _ => result.Append(c),
            };
        }
        return result.ToString();
    }

    private static bool IsSpacing(char c) => c is '\n' or '\t';

    // Embeddings, overrides and isolates, which let text look like other text; and the separators of lines and paragraphs.
    private static bool IsDirection(char c) => c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\u2028' or '\u2029';
}
