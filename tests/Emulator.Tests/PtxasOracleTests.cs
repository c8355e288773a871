namespace CogVideoX.Emulator.Tests;

/// <summary>Whether the emulator takes and refuses what ptxas does.</summary>
public class PtxasOracleTests(ITestOutputHelper output)
{
    /// <summary>The whole table, for reading: PTXAS_ORACLE names the file, PTXAS_REPORT where to write the disagreements.</summary>
    [Fact]
    public void AgreesWithPtxasOnTheWholeTable()
    {
        string? path = Environment.GetEnvironmentVariable("PTXAS_ORACLE"), report = Environment.GetEnvironmentVariable("PTXAS_REPORT");
        Assert.SkipWhen(path is null, "PTXAS_ORACLE isn't set");
        using StreamWriter? file = report is null ? null : new StreamWriter(report);
        var counts = new SortedDictionary<string, int[]>();
        foreach (PtxasRow row in PtxasRow.Read(path!))
        {
            (string? refusal, bool isUnsupported) = row.Ask();
            int kind = row.Accepts ? refusal is null ? 0 : isUnsupported ? 1 : 2 : refusal is not null ? 0 : row.IsRefusedForTarget ? 3 : 4;
            if (!counts.TryGetValue(row.Family, out int[]? family)) counts.Add(row.Family, family = new int[5]);
            family[kind]++;
            if (kind > 0) file?.WriteLine($"{kind}\t{row.Family}\t{row.Id}\t{row.Target} {row.Version}\t{row.Text.ReplaceLineEndings(" ")}\t{(row.Accepts ? refusal : row.Error)}");
        }
        output.WriteLine("family: agree, not supported, wrongly refused, wrongly accepted (target or version), wrongly accepted");
        foreach ((string family, int[] count) in counts) output.WriteLine($"{family}: {string.Join(", ", count)}");
        output.WriteLine($"all: {string.Join(", ", Enumerable.Range(0, 5).Select(i => counts.Values.Sum(c => c[i])))}");
    }
}
