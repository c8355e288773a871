using System.Text.RegularExpressions;

namespace CogVideoX.Emulator.Mutations;

/// <summary>A way to weaken an instruction.</summary>
/// <param name="Pattern">instructions that it applies to</param>
/// <param name="Changes">what each becomes, with a name for the change</param>
internal sealed record Weakening(Regex Pattern, Func<Match, IEnumerable<(string Change, string Instruction)>> Changes)
{
    private const string Guard = @"(?:@!?[%\w]+\s+)?", Number = @"(?<n>%?\w+)";

    public static IReadOnlyList<Weakening> All { get; } =
    [
        Removed(@"(?<name>(?:bar|barrier(?:\.cta)?)\.(?:sync|arrive)(?:\.aligned)?|bar\.warp\.sync|cp\.async\.wait_all)(?:\s[^;]*)?;"),
        Removed(@"(?<name>(?:membar|fence|wgmma\.fence)\.[\w.:]+|[\w.]+\.(?:wait|commit)_group[\w.]*)(?:\s[^;]*)?;"),
        Removed(@"(?<name>mbarrier\.arrive)[\w.:]*\s[^;]*;"),
        new(
            Match(@"(?<name>mbarrier\.(?:try|test)_wait)[\w.:]*\s+(?<p>\S+),[^;]*;"),
            m => [("mbarrier wait removed", $"setp.eq.u32 {m.Groups["p"]}, 0, 0;")]),
        Replaced("cluster barrier made relaxed", @"barrier\.cluster\.arrive\.release", "barrier.cluster.arrive.relaxed"),
        Replaced("fence of a CTA's scope only", @"membar\.(?:gl|sys)", "membar.cta"),
        Replaced("fence of a CTA's scope only", @"fence\.(?<order>sc|acq_rel|acquire|release)\.(?:cluster|gpu|sys)", "fence.${order}.cta"),
        Replaced("acquire or release made relaxed", @"(?<name>ld|st|atom|red)\.(?:acquire|release|acq_rel)\.", "${name}.relaxed."),
        Counted("groups left", @"[\w.]+\.wait_group[\w.]*\s+", ";", 1),
        Counted("threads expected", @"(?:bar|barrier(?:\.cta)?)\.(?:sync|arrive)(?:\.aligned)?\s+%?\w+,\s*", ";", 32, -32),
        Counted("arrivals expected", @"mbarrier\.init[\w.:]*\s[^;]*,\s*", ";", 1, -1),
        Counted("bytes expected", @"mbarrier\.(?:arrive\.)?expect_tx[\w.:]*\s[^;]*,\s*", ";", 16, -16),
        Counted("bytes copied", @"cp\.async\.bulk\.(?:shared|global)[\w.:]*\s+\[[^;]*\],\s*", @"(?=,|;)", 16, -16),
        Counted("parity waited for", @"mbarrier\.(?:try|test)_wait\.parity[\w.:]*\s[^;]*\],\s*", @"(?=,|;)", 1),
    ];

    /// <summary>The line, weakened in each way that applies.</summary>
    public IEnumerable<(string Change, string Line)> Of(string line) =>
        Pattern.Matches(line)
            .SelectMany(m => Changes(m).Select(c => (c.Change, $"{line[..m.Index]}{c.Instruction}{line[(m.Index + m.Length)..]}")));

    private static Weakening Removed(string pattern) =>
        new(Match(Guard + pattern), m => [($"{m.Groups["name"].Value} removed", "")]);

    private static Weakening Replaced(string change, string pattern, string replacement) =>
        new(Match(pattern), m => [(change, m.Result(replacement))]);

    /// <summary>A number of an instruction changed by each of these, be it an immediate or in a register.</summary>
    private static Weakening Counted(string what, string before, string after, params int[] changes) =>
        new(
            Match($"(?<guard>{Guard})(?<before>{before}){Number}(?<after>{after})(?<rest>[^;]*;?)"),
            m => changes.Select(c => ($"{what} {c:+0;-0}", Change(m, c))));

    private static string Change(Match match, int change)
    {
        string before = match.Groups["guard"].Value + match.Groups["before"].Value;
        string rest = match.Groups["after"].Value + match.Groups["rest"].Value;
        string number = match.Groups["n"].Value;
        if (int.TryParse(number, out int immediate))
            return $"{before}{immediate + change}{rest}";
        return $"{{ .reg .b32 changed; add.s32 changed, {number}, {change}; {before}changed{rest} }}";
    }

    private static Regex Match(string pattern) => new($@"(?<![\w.%]){pattern}", RegexOptions.CultureInvariant);
}
