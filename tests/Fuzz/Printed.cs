namespace CogVideoX.Fuzz;

/// <summary>What the product says must be fit for a terminal.</summary>
internal static class Printed
{
    private const int LongestLine = 6000;

    /// <summary>What is wrong with a line for people, or null.</summary>
    public static string? Problem(string line)
    {
        foreach (char c in line)
            if (char.IsControl(c) && c != '\t') return $"a control character is printed: \\u{(int)c:x4}";
        return line.Length > LongestLine ? $"a line is too long: {line.Length} characters" : null;
    }

    /// <summary>What is wrong with all that a program printed, or null.</summary>
    public static string? ProblemOfAll(string text) => text.Split('\n').Select(Problem).FirstOrDefault(problem => problem is not null);
}
