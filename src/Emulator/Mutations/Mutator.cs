using System.Text.RegularExpressions;

namespace CogVideoX.Emulator.Mutations;

/// <summary>Weakens barriers, fences, waits, commits and byte counts of a module, one at a time, as text.</summary>
internal static partial class Mutator
{
    /// <summary>Mutants of the lines that a run of the module executed. Lines keep their numbers.</summary>
    public static IEnumerable<Mutant> Mutants(string text, IReadOnlySet<int> executedLines)
    {
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (!executedLines.Contains(i + 1)) continue;
            if (i + 1 < lines.Length && lines[i].Contains("barrier.cluster.arrive") && lines[i + 1].Contains("barrier.cluster.wait"))
            {
                string[] without = (string[])lines.Clone();
                without[i] = without[i + 1] = "";
                yield return new Mutant(i + 1, "cluster barrier removed", string.Join('\n', without));
            }
            foreach ((string change, string replacement) in Changes(lines[i]))
            {
                string[] changed = (string[])lines.Clone();
                changed[i] = replacement;
                yield return new Mutant(i + 1, change, string.Join('\n', changed));
            }
        }
    }

    private static IEnumerable<(string Change, string Replacement)> Changes(string line)
    {
        string instruction = line.Trim();
        Match match = ClusterBarrier().Match(instruction);
        if (match.Success)
        {
            yield return ("cluster barrier made relaxed", line.Replace("arrive.release", "arrive.relaxed"));
            yield break;
        }
        if (Removable().Match(instruction) is { Success: true } whole)
            yield return ($"{whole.Groups[1].Value} removed", line.Replace(whole.Value, ""));
        if (GroupsLeft().Match(instruction) is { Success: true } wait)
            yield return ($"{wait.Groups[1].Value} leaves one more",
                line.Replace(wait.Value, $"{wait.Groups[1].Value} {int.Parse(wait.Groups[2].Value) + 1};"));
        if (TryWait().Match(instruction) is { Success: true } poll)
            yield return ("mbarrier wait removed", line.Replace(poll.Value, $"setp.eq.u32 {poll.Groups[1].Value}, 0, 0;"));
        if (ExpectedBytes().Match(instruction) is not { Success: true } expect) yield break;
        foreach (int change in new[] { 16, -16 })
            yield return ($"expected bytes {change:+0;-0}",
                line.Replace(expect.Value, $"{{ .reg .b32 changed; add.s32 changed, {expect.Groups[2].Value}, {change}; {expect.Groups[1].Value} changed; }}"));
    }

    [GeneratedRegex(@"^barrier\.cluster\.arrive\.release")]
    private static partial Regex ClusterBarrier();

    [GeneratedRegex(@"((?:bar|barrier\.cta)\.(?:sync|arrive)|bar\.warp\.sync|fence\.\S+|membar\.\w+|wgmma\.fence\S*|\S+\.wait_group\S*|cp\.async\.wait_all|\S*\.commit_group\S*?)(?:\.\w+)*(?:\s+[^;]*)?;")]
    private static partial Regex Removable();

    [GeneratedRegex(@"(\S+\.wait_group\S*)\s+(\d+);")]
    private static partial Regex GroupsLeft();

    [GeneratedRegex(@"mbarrier\.(?:try|test)_wait\S*\s+(\S+),[^;]*;")]
    private static partial Regex TryWait();

    [GeneratedRegex(@"(mbarrier\.arrive\.expect_tx\S*\s+[^;]*,)\s*(%\w+);")]
    private static partial Regex ExpectedBytes();
}
