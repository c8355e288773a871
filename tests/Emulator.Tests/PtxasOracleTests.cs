namespace CogVideoX.Emulator.Tests;

/// <summary>Whether the emulator takes and refuses what ptxas does, over 7,453 small modules.</summary>
public class PtxasOracleTests(ITestOutputHelper output)
{
    /// <summary>
    /// Families where nothing is left to mend: the emulator takes what ptxas takes, or says that it can't run it, and refuses what ptxas
    /// refuses, whatever the target and .version (those aren't checked).
    /// </summary>
    private static readonly HashSet<string> Settled =
    [
        "atom", "atom.order", "atom.vector", "bar", "barrier.cluster", "cvt.pack", "cvt.packed", "dp4a", "elect", "fence", "float", "ld",
            "ld.cache", "ld.nc",
        "ld.wrong-register", "lop3", "match", "mbarrier.tx", "mbarrier.wait", "mma", "multimem", "prmt", "red", "red.async", "red.order",
            "red.vector",
        "registers", "selp", "set", "setp", "simd-video", "st.cache", "st.wrong-register", "tcgen05", "vote", "wmma",
    ];

    private const string NotSupported = "not supported", Refused = "wrongly refused", Taken = "wrongly taken";

    [Fact]
    public void TakesAndRefusesWhatPtxasDoes()
    {
        var counts = new SortedDictionary<string, Dictionary<string, int>>();
        var wrong = new List<string>();
        using StreamWriter? report = Environment.GetEnvironmentVariable("PTXAS_REPORT") is { } path ? new StreamWriter(path) : null;
        foreach (PtxasRow row in PtxasRow.Read(Path.Combine(Goldens.Cases, "ptxas-13.jsonl")))
        {
            string? verdict = Verdict(row, out string? refusal);
            if (!counts.TryGetValue(row.Family, out Dictionary<string, int>? family))
                counts.Add(row.Family, family = []);
            family[verdict ?? "agrees"] = family.GetValueOrDefault(verdict ?? "agrees") + 1;
            if (verdict is null)
                continue;
            string why = (row.Accepts ? refusal : row.Error) ?? "";
            string text = row.Text.ReplaceLineEndings(" ");
            string line = $"{verdict}\t{row.Family}\t{row.Id}\t{row.Target} {row.Version}\t{text}\t{why}";
            report?.WriteLine(line);
            if (verdict is Refused or Taken && Settled.Contains(row.Family))
                wrong.Add(line);
        }
        foreach ((string family, Dictionary<string, int> count) in counts)
            output.WriteLine($"{family}: {string.Join(", ", count.Select(c => $"{c.Key} {c.Value}"))}");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.InRange(Sum(Refused), 0, 41);
        Assert.InRange(Sum(Taken), 0, 175);
        Assert.InRange(Sum("agrees"), 5854, 7453);
        int Sum(string verdict) => counts.Values.Sum(c => c.GetValueOrDefault(verdict));
    }

    /// <summary>Null if both say the same.</summary>
    private static string? Verdict(PtxasRow row, out string? refusal)
    {
        PtxVerdict said = PtxTable.Check(row.Question);
        refusal = said.Message;
        return said.Accepts == row.Accepts ? null : said.Accepts is null ? NotSupported : row.Accepts ? Refused : Taken;
    }
}
