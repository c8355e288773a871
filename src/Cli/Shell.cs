namespace CogVideoX.Cli;

/// <summary>Commands that are printed to be copied.</summary>
internal static class Shell
{
    /// <summary>A word as a POSIX shell reads it back.</summary>
    public static string Quote(string word) => word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "/._-+=:,@%".Contains(c))
        ? word
        : $"'{word.Replace("'", @"'\''")}'";

    /// <summary>Text in the quotes that every shell knows, where it holds nothing that is special in them.</summary>
    public static string QuoteText(string text) => text.AsSpan().ContainsAny("\"$`\\!%") ? Quote(text) : $"\"{text}\"";
}
