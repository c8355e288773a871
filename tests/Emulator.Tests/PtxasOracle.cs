using System.Text.Json;

namespace CogVideoX.Emulator.Tests;

/// <summary>Rows of ptxas-13.jsonl: what ptxas 13 takes and refuses (its page: ptxas-13.md).</summary>
internal sealed record PtxasRow(string Id, string Family, string Target, string Version, string Wrap, string Text, bool Accepts,
    string Error)
{
    private static readonly JsonSerializerOptions Lower = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public string Module => PtxTable.Module(Question);

    /// <summary>What a checker may see of it.</summary>
    public PtxTableRow Question => new(Id, Target, Version, Wrap, Text);

    public static IEnumerable<PtxasRow> Read(string path) => File.ReadLines(path).Select(l =>
        JsonSerializer.Deserialize<PtxasRow>(l, Lower)!);
}
