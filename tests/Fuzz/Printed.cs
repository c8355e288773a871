namespace CogVideoX.Fuzz;

/// <summary>What the product says must be fit for a terminal.</summary>
internal static class Printed
{
    private const int LongestLine = 6000;

    /// <summary>What is wrong with a line for people, or null.</summary>
    public static string? Problem(string line) =>
        ControlCharacter(line) ?? (line.Length > LongestLine ? $"a line is too long: {line.Length} characters" : null);

    /// <summary>What is wrong with data, which may be long, or null.</summary>
    public static string? ControlCharacter(string text)
    {
        foreach (char c in text)
        {
            if (char.IsControl(c) && c is not ('\t' or '\n'))
                return $"a control character is printed: \\u{(int)c:x4}";
        }
        return null;
    }

    /// <summary>What is wrong with all that a program printed, or null.</summary>
    public static string? ProblemOfAll(string text) => text.Split('\n').Select(Problem).FirstOrDefault(problem => problem is not null);
}
