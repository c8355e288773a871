using System.Globalization;
using System.Text;

namespace CogVideoX.Models;

/// <summary>Text of unknown files in messages: it may be megabytes long, or hold codes that move a terminal's cursor.</summary>
internal static class Quoted
{
    private const int MaxLength = 80; // characters

    /// <summary>The text between quotation marks, cut where it is long; what doesn't print is written as <c>\uNNNN</c>.</summary>
    public static string Text(string text)
    {
        bool whole = text.Length <= MaxLength;
        return $"'{Path(whole ? text : text[..MaxLength])}{(whole ? "" : "…")}'";
    }

    /// <summary>The text as it is, at any length, except for what doesn't print.</summary>
    public static string Path(string text)
    {
        var result = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            bool isPair = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]);
            UnicodeCategory category = CharUnicodeInfo.GetUnicodeCategory(text, i);
            if (category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate)
                result.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:X4}");
            else
                result.Append(text, i, isPair ? 2 : 1);
            i += isPair ? 1 : 0;
        }

        return result.ToString();
    }
}
