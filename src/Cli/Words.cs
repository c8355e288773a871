using System.Globalization;

namespace CogVideoX.Cli;

/// <summary>Numbers with the words that go with them.</summary>
internal static class Words
{
    /// <summary><c>1 frame</c>, <c>2 frames</c>: for things whose plural ends in s.</summary>
    public static string Count(long count, string thing) =>
        $"{count.ToString(CultureInfo.InvariantCulture)} {thing}{(count == 1 ? "" : "s")}";

    /// <summary><c>a</c>, <c>a or b</c>, <c>a, b or c</c>.</summary>
    public static string Choice(IReadOnlyList<string> words) =>
        words.Count < 2 ? string.Concat(words) : $"{string.Join(", ", words.SkipLast(1))} or {words[^1]}";
}
