namespace CogVideoX.Cli;

/// <summary>"Did you mean".</summary>
internal static class Similar
{
    /// <returns>The word that the given one was probably meant to be, or null.</returns>
    public static string? To(string given, IEnumerable<string> words)
    {
        string? nearest = words.MinBy(word => Distance(given, word));
        return nearest is not null && Distance(given, nearest) <= Math.Max(1, nearest.Length / 3) ? nearest : null;
    }

    // Levenshtein's.
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }
        return row[^1];
    }
}
