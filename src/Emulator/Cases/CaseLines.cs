namespace CogVideoX.Emulator.Cases;

/// <summary>Compares what printf wrote with what a case wants: the same lines, in whatever order the threads came.</summary>
internal static class CaseLines
{
    private const int MostShown = 4;

    /// <summary>A line of a case's file.</summary>
    public static string Line(CaseNode line) => line.Text().Contains('\n') ? throw line.Wrong("be one line, without its end") : line.Text();

    /// <summary>What is wrong in words, or null.</summary>
    public static string? Compare(CaseFile file, LaunchReport launch)
    {
        if (file.Printed is not { } wanted)
            return null;
        if (launch.DroppedPrints > 0)
            return $"printf wrote more than is kept: {launch.DroppedPrints} calls are missing, so the lines can't be compared";
        Dictionary<string, int> missing = Count(wanted), more = Count(launch.Printed);
        foreach (string line in wanted)
        {
            if (more.TryGetValue(line, out int times) && times > 0)
            {
                more[line]--;
                missing[line]--;
            }
        }
        List<string> notThere = Left(missing), tooMany = Left(more);
        if (notThere.Count == 0 && tooMany.Count == 0)
            return null;
        string[] parts = [Some("not printed", notThere), Some("printed besides", tooMany)];
        return $"{launch.Printed.Count} lines printed, {wanted.Count} wanted; {string.Join("; ", parts.Where(p => p.Length > 0))}";
    }

    private static Dictionary<string, int> Count(IEnumerable<string> lines) =>
        lines.GroupBy(l => l, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);

    private static List<string> Left(Dictionary<string, int> lines) =>
        [.. lines.Where(l => l.Value > 0).SelectMany(l => Enumerable.Repeat(l.Key, l.Value))];

    private static string Some(string what, List<string> lines)
    {
        if (lines.Count == 0)
            return "";
        string rest = lines.Count > MostShown ? $" and {lines.Count - MostShown} more" : "";
        return $"{what}: {string.Join(", ", lines.Take(MostShown).Select(Printable.Quoted))}{rest}";
    }
}
