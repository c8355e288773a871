using System.Text.Json;

namespace CogVideoX.Emulator.Cases;

/// <summary>What stands in a case's JSON.</summary>
internal sealed record CaseFile
{
    public required string Name { get; init; }

    public required string Module { get; init; }

    public required string Entry { get; init; }

    public required Dim3 Grid { get; init; }

    public required Dim3 Block { get; init; }

    public int DynamicSharedBytes { get; init; }

    public required string Data { get; init; }

    public required IReadOnlyList<LaunchArgument> Arguments { get; init; }

    /// <summary>Buffer to absolute tolerance; null means that the data says it for each element.</summary>
    public required IReadOnlyDictionary<string, double?> Expected { get; init; }

    /// <summary>Kinds of fault, any of which will do, before the colon; null for a sound launch.</summary>
    public IReadOnlyList<string>? Fault { get; init; }

    public int? FaultLine { get; init; }

    public IReadOnlyList<string>? FaultBuffers { get; init; }

    public static CaseFile Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement root = document.RootElement;
        JsonElement at = root.TryGetProperty("fault_at", out JsonElement place) ? place : default;
        return new CaseFile
        {
            Name = root.GetProperty("name").GetString()!,
            Module = root.GetProperty("module").GetString()!,
            Entry = root.GetProperty("entry").GetString()!,
            Grid = Size(root.GetProperty("grid")),
            Block = Size(root.GetProperty("block")),
            DynamicSharedBytes = root.TryGetProperty("dynamic_shared_bytes", out JsonElement bytes) ? bytes.GetInt32() : 0,
            Data = root.GetProperty("data").GetString()!,
            Arguments = [.. root.GetProperty("params").EnumerateArray().Select(CaseArguments.Parse)],
            Expected = root.GetProperty("expect").EnumerateObject().ToDictionary(e => e.Name, e => Tolerance(e.Value.GetProperty("tolerance"))),
            Fault = root.TryGetProperty("fault", out JsonElement fault) ? fault.GetString()!.Split(':')[0].Split(" or ") : null,
            FaultLine = at.ValueKind == JsonValueKind.Object && at.TryGetProperty("source_line", out JsonElement line) ? line.GetInt32() : null,
            FaultBuffers = at.ValueKind == JsonValueKind.Object && at.TryGetProperty("buffer", out JsonElement buffer)
                ? [.. buffer.EnumerateArray().Select(b => b.GetString()!)] : null,
        };
    }

    private static double? Tolerance(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number) return value.GetDouble();
        return value.GetString() == "per element" ? null : throw new FormatException($"unknown tolerance '{value}'");
    }

    private static Dim3 Size(JsonElement numbers)
    {
        int[] n = [.. numbers.EnumerateArray().Select(e => e.GetInt32())];
        return n.Length == 3 ? new Dim3(n[0], n[1], n[2]) : throw new FormatException("a size has three numbers");
    }
}
