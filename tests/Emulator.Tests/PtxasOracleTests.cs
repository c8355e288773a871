namespace CogVideoX.Emulator.Tests;

/// <summary>
/// Whether <c>ptx check</c> says what ptxas says, over 7,453 small modules: of each row it sees only what its table may tell.
/// </summary>
public class PtxasOracleTests(ITestOutputHelper output)
{
    /// <summary>
    /// Rows that ptxas takes and of which nothing is said, family by family (all other families have none, and are declared): what the
    /// emulator doesn't run, and
    /// what ptxas takes beside the manual. A number that changes is renewed here and in docs/measurements.md.
    /// </summary>
    private static readonly Dictionary<string, int> NotSupported = new()
    {
        ["cp.async"] = 2,
        ["cp.async.bulk"] = 3,
        ["cp.async.bulk.tensor"] = 2,
        ["cvt.packed"] = 11,
        ["cvta"] = 1,
        ["directives"] = 3,
        ["float"] = 8,
        ["globals"] = 1,
        ["header"] = 1,
        ["int"] = 1,
        ["ld.address"] = 5,
        ["ldmatrix"] = 5,
        ["misc"] = 9,
        ["mov"] = 5,
        ["multimem"] = 12,
        ["names"] = 1,
        ["prefetch"] = 1,
        ["special"] = 1,
        ["st"] = 10,
        ["st.bulk"] = 2,
        ["stmatrix"] = 3,
        ["tcgen05"] = 48,
        ["wgmma"] = 14,
    };

    private const string Agrees = "agree", Open = "not supported", RefusedToo = "not supported, and refused", Refused = "wrongly refused",
        Taken = "wrongly taken";

    [Fact]
    public void TakesAndRefusesWhatPtxasDoes()
    {
        var counts = new SortedDictionary<string, Dictionary<string, int>>();
        var wrong = new List<string>();
        using StreamWriter? report = Environment.GetEnvironmentVariable("PTXAS_REPORT") is { } path ? new StreamWriter(path) : null;
        foreach (PtxasRow row in PtxasRow.Read(Path.Combine(Goldens.Cases, "ptxas-13.jsonl")))
        {
            PtxVerdict said = PtxTable.Check(row.Question);
            string verdict = said.Accepts == row.Accepts ? Agrees : said.Accepts is null ? row.Accepts ? Open : RefusedToo
                : row.Accepts ? Refused : Taken;
            if (!counts.TryGetValue(row.Family, out Dictionary<string, int>? family))
                counts.Add(row.Family, family = []);
            family[verdict] = family.GetValueOrDefault(verdict) + 1;
            string text = row.Text.ReplaceLineEndings(" "), why = row.Accepts ? said.Message : row.Error;
            string line = $"{verdict}\t{row.Family}\t{row.Id}\t{row.Target} {row.Version}\t{text}\t{why}";
            if (verdict != Agrees)
                report?.WriteLine(line);
            if (verdict is Refused or Taken)
                wrong.Add(line);
        }
        output.WriteLine("| family | rows | agree | not supported: accepted by ptxas | refused by it |");
        foreach ((string family, Dictionary<string, int> count) in counts)
        {
            output.WriteLine($"| {family} | {count.Values.Sum()} | {count.GetValueOrDefault(Agrees)} | {count.GetValueOrDefault(Open)} | "
                + $"{count.GetValueOrDefault(RefusedToo)} |");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        string[] renewed = [.. counts.Where(c => c.Value.GetValueOrDefault(Open) != NotSupported.GetValueOrDefault(c.Key))
            .Select(c => $"[\"{c.Key}\"] = {c.Value.GetValueOrDefault(Open)},")];
        Assert.True(renewed.Length == 0, $"renew, if what changed is right:\n{string.Join('\n', renewed)}");
    }
}
