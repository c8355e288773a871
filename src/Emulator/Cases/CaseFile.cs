using System.Text.Json;

namespace CogVideoX.Emulator.Cases;

/// <summary>What stands in a case's JSON.</summary>
internal sealed record CaseFile
{
    private const int MostBytes = 16 << 20;
    private const string PerElement = "per element";

    public required string Name { get; init; }

    /// <summary>Path of the module; null in a case for kernels that are compiled from elsewhere.</summary>
    public required string? Module { get; init; }

    public required string Entry { get; init; }

    public required Dim3 Grid { get; init; }

    public required Dim3 Block { get; init; }

    public int DynamicSharedBytes { get; init; }

    /// <summary>Path of the data.</summary>
    public required string Data { get; init; }

    public required IReadOnlyList<LaunchArgument> Arguments { get; init; }

    /// <summary>Buffer to absolute tolerance; null means that the data says it for each element.</summary>
    public required IReadOnlyDictionary<string, double?> Expected { get; init; }

    /// <summary>Whether all CTAs are resident at once.</summary>
    public bool Cooperative { get; init; }

    /// <summary>Lines that printf must have written, in whatever order; null if that doesn't matter.</summary>
    public IReadOnlyList<string>? Printed { get; init; }

    /// <summary>Kinds of fault, any of which will do, before the colon; null for a sound launch.</summary>
    public IReadOnlyList<string>? Fault { get; init; }

    public int? FaultLine { get; init; }

    public IReadOnlyList<string>? FaultBuffers { get; init; }

    /// <param name="needsModule">whether a case without module and entry is refused</param>
    public static CaseFile Read(string path, bool needsModule)
    {
        byte[] bytes = CaseInput.Read(path, MostBytes);
        (JsonDocument document, CaseNode root) = CaseNode.Parse(path, CaseInput.WithoutMark(bytes));
        using (document)
            return Read(path, root, needsModule);
    }

    private static CaseFile Read(string path, CaseNode root, bool needsModule)
    {
        bool hasModule = needsModule || root.Find("module") is not null;
        CaseNode? at = root.Find("fault_at");
        IReadOnlyList<string>? fault = root.Find("fault") is { } planted ? Faults(planted) : null;
        return new CaseFile
        {
            Name = root.Get("name").Text(),
            Module = hasModule ? CaseInput.Beside(path, root.Get("module")) : null,
            Entry = hasModule ? root.Get("entry").Text() : "",
            Grid = Size(root.Get("grid")),
            Block = Size(root.Get("block")),
            DynamicSharedBytes = root.Find("dynamic_shared_bytes") is { } dynamic ? Bytes(dynamic) : 0,
            Data = CaseInput.Beside(path, root.Get("data")),
            Arguments = [.. root.Get("params").Items().Select(CaseArguments.Parse)],
            Expected = Tolerances(fault is null ? root.Get("expect") : root.Find("expect")),
            Cooperative = root.Find("cooperative")?.Truth() ?? false,
            Printed = root.Find("printed") is { } printed ? [.. printed.Items().Select(CaseLines.Line)] : null,
            Fault = fault,
            FaultLine = at?.Find("source_line")?.Int32(),
            FaultBuffers = at?.Find("buffer") is { } buffers ? [.. buffers.Items().Select(b => b.Text())] : null,
        };
    }

    private static List<string> Faults(CaseNode planted)
    {
        string[] known = [.. Enum.GetValues<FaultKind>().Select(CogVideoX.Emulator.Fault.TextOf)];
        string[] kinds = planted.Text().Split(':')[0].Split(" or ", StringSplitOptions.TrimEntries);
        return Array.Find(kinds, k => !known.Contains(k)) is { } unknown
            ? throw planted.Wrong(
                $"begin with kinds of fault, and {Printable.Quoted(unknown)} is none; there are {string.Join(", ", known)}")
            : [.. kinds];
    }

    private static Dictionary<string, double?> Tolerances(CaseNode? expected) =>
        expected?.Members().ToDictionary(e => e.Name, e => Tolerance(e.Value.Get("tolerance"))) ?? [];

    private static double? Tolerance(CaseNode value)
    {
        if (value.IsText)
            return value.Text() == PerElement ? null : throw value.Wrong($"be a number or '{PerElement}'");
        double tolerance = value.Double();
        return tolerance >= 0 ? tolerance : throw value.Wrong("not be negative");
    }

    private static int Bytes(CaseNode count) => count.Int32() is >= 0 and var bytes ? bytes : throw count.Wrong("not be negative");

    private static Dim3 Size(CaseNode numbers)
    {
        int[] n = [.. numbers.Items().Select(e => e.Int32())];
        return n.Length == 3 ? new Dim3(n[0], n[1], n[2]) : throw numbers.Wrong($"have three numbers, not {n.Length}");
    }
}
