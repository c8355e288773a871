using System.Globalization;
using System.Text;

namespace CogVideoX.Pipelines.Media;

/// <summary>Names for files that nobody named.</summary>
internal static class FileNames
{
    // 255 bytes are the most that usual disks take; an ending and a number must fit too.
    private const int MostLetters = 60, MostBytes = 200;
    private const string Nameless = "video";

    private static readonly HashSet<string> WindowsDevices = new(StringComparer.OrdinalIgnoreCase)
    {
        "con", "prn", "aux", "nul", "conin", "conout", "clock",
    };

    /// <summary>
    /// A name, without ending, that every system takes: the prompt's words in small letters, joined by hyphens, 60 characters and 200 bytes
    /// at most. Like prompts may give the same name (<see cref="WhenTaken.NextFreeName"/>).
    /// </summary>
    public static string FromPrompt(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        var name = new StringBuilder();
        int letters = 0, bytes = 0;
        foreach (Rune rune in prompt.EnumerateRunes().Select(Rune.ToLowerInvariant))
        {
            bool isPart = IsPartOfWord(rune);
            if (!isPart && (name.Length == 0 || name[^1] == '-'))
                continue;
            Rune next = isPart ? rune : new Rune('-');
            letters++;
            bytes += next.Utf8SequenceLength;
            if (letters > MostLetters || bytes > MostBytes)
                break;
            name.Append(next);
        }
        string words = name.ToString().TrimEnd('-');
        return words.Length == 0 ? Nameless : IsDevice(words) ? $"{Nameless}-{words}" : words;
    }

    // Marks too: many scripts write vowels with them, and a decomposed é is an e with one.
    private static bool IsPartOfWord(Rune rune) => Rune.IsLetterOrDigit(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    // Windows knows these in any folder and with any ending.
    private static bool IsDevice(string name) => WindowsDevices.Contains(name)
        || (name.Length == 4 && (name.StartsWith("com", StringComparison.Ordinal) || name.StartsWith("lpt", StringComparison.Ordinal))
            && char.IsAsciiDigit(name[3]));
}
