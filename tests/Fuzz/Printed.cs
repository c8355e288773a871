namespace CogVideoX.Fuzz;

/// <summary>What the product says must be fit for a terminal.</summary>
internal static class Printed
{
    private const int LongestLine = 6000;

    /// <summary>What is wrong with a line for people, or null.</summary>
    public static string? Problem(string line) => Problem(line, control: c => char.IsControl(c) && c != '\t')
        ?? (line.Length > LongestLine ? $"a line of {line.Length} characters" : null);

    /// <summary>What is wrong with all that a program printed, or null.</summary>
    public static string? ProblemOfAll(string text) => text.Split('\n').Select(Problem).FirstOrDefault(problem => problem is not null);

    private static string? Problem(string text, Func<char, bool> control)
    {
        int at = text.AsSpan().IndexOfAny(text.Where(control).Distinct().ToArray());
        return at < 0 ? null : $"a control character, \\u{(int)text[at]:x4}, is printed";
    }
}
