using System.Globalization;
using System.Text;

namespace CogVideoX.Pipelines.Media;

/// <summary>Text of files and users in messages: it may be megabytes long, or hold codes that move a terminal's cursor.</summary>
internal static class Quoted
{
    private const int LongestText = 120, LongestPath = 1000;

    /// <summary>A word or a sentence from somewhere else.</summary>
    public static string Text(string text) => $"'{Plain(text, LongestText)}'";

    /// <summary>A path: long ones are usual, and cut they'd be of no use.</summary>
    public static string Path(string path) => $"'{Plain(path, LongestPath)}'";

    /// <summary>What another program said, without quotation marks: one line, so many characters at most.</summary>
    public static string Plain(string text, int most)
    {
        var result = new StringBuilder();
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (result.Length >= most)
                return result.Append('…').ToString();
            if (IsPlain(rune))
                result.Append(rune);
            else
                result.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
        }
        return result.ToString();
    }

    // Format characters turn the direction of writing, so that a name reads as another.
    private static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
