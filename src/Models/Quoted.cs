using System.Globalization;
using System.Text;

namespace CogVideoX.Models;

/// <summary>
/// Text of files and users in messages: it may be megabytes long, break the line, or hold codes that move a terminal's cursor.
/// </summary>
internal static class Quoted
{
    private const int NameLength = 120, LineLength = 4000;

    /// <summary>A name or value: in quotes, escaped, at most 120 characters.</summary>
    public static string Name(string text) => $"'{Escape(text, NameLength)}'";

    /// <summary>A path, or a message of others: one line, escaped, without quotes.</summary>
    public static string Line(string text) => Escape(text, LineLength);

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
