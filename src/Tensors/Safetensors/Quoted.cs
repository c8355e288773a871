using System.Globalization;
using System.Text;

namespace CogVideoX.Tensors.Safetensors;

/// <summary>
/// Text of files and users in messages: it may be megabytes long, break the line, or hold codes that move a terminal's cursor or turn
/// the direction of writing. Whatever comes from outside stands in a message through one of these.
/// </summary>
internal static class Quoted
{
    private const int NameLength = 120, PathLength = 1000, LineLength = 4000, ListedNames = 5;

    /// <summary>A name or value: in quotes, escaped, at most 120 characters.</summary>
    public static string Name(string text) => $"'{Escape(text, NameLength)}'";

    /// <summary>A path in quotes: long ones are usual, and cut they'd be of no use.</summary>
    public static string Path(string path) => $"'{Escape(path, PathLength)}'";

    /// <summary>A few names and how many more there are: <c>'a', 'b' and 7 more</c>.</summary>
    public static string Names(IReadOnlyCollection<string> names)
    {
        string first = string.Join(", ", names.Take(ListedNames).Select(Name));
        return names.Count > ListedNames ? $"{first} and {names.Count - ListedNames} more" : first;
    }

    /// <summary>A path, or a message of others: one line, escaped, without quotes.</summary>
    public static string Line(string text) => Escape(text, LineLength);

    /// <summary>The same of the given length; what is longer ends in <c>…</c>.</summary>
    public static string Line(string text, int maxLength) => Escape(text, maxLength);

    internal static string Json(ReadOnlySpan<byte> utf8) => Name(Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, 4 * NameLength)]));

    private static string Escape(string text, int maxLength)
    {
        var result = new StringBuilder();
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (result.Length >= maxLength)
                return result.Append('…').ToString();
            if (!IsUnsafe(rune))
                result.Append(rune.ToString());
            else
                result.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
        }
        return result.ToString();
    }

    private static bool IsUnsafe(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
