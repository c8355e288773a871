using System.Globalization;
using System.Text;

namespace CogVideoX.Emulator;

/// <summary>Text of unknown files in messages: on one line, of sane length, and without codes that a terminal obeys.</summary>
internal static class Printable
{
    private const int LongestName = 120;
    private const int LongestPath = 500;
    private const int LongestList = 12;
    private const int LongestLine = 1000;

    /// <summary>A name in quotes.</summary>
    public static string Quoted(string name) => $"'{Name(name)}'";

    /// <summary>A name as it stands within a sentence.</summary>
    public static string Name(string name) => Escape(Cut(name, LongestName));

    /// <summary>The first few of some names.</summary>
    public static string List(IReadOnlyCollection<string> names)
    {
        string first = string.Join(", ", names.Take(LongestList).Select(Name));
        return names.Count == 0 ? "none" : names.Count > LongestList ? $"{first} and {names.Count - LongestList} more" : first;
    }

    public static string Path(string path) => path.Length == 0 ? "''" : Escape(Cut(path, LongestPath));

    /// <summary>A whole message.</summary>
    public static string Line(string message) => Escape(Cut(message, LongestLine));

    // what is wrong stands at the end of most messages, and the place at the beginning
    private static string Cut(string text, int most) =>
        text.Length <= most ? text : $"{text.AsSpan(0, most * 2 / 3)}…{text.AsSpan(text.Length - most / 3)}";

    private static string Escape(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;
        var escaped = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (IsPlain(rune))
                escaped.Append(rune.ToString());
            else
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
        }
        return escaped.ToString();
    }

    // a format character may turn the direction of writing; a separator may end the line
    private static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
