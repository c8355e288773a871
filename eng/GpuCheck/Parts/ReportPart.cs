using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CogVideoX.GpuCheck.Parts;

/// <summary>All that was found so far, as <c>result.json</c> and as tables for docs/measurements.md (<c>result.md</c>).</summary>
internal static class ReportPart
{
    private const double ProductGoal = 12, AttentionGoal = 8, MovingGoal = 0.6; // TFLOP/s, TFLOP/s, share of a copy

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Run(CheckOptions options)
    {
        IReadOnlyList<JsonObject> lines = Results.Read(options.Out);
        var parts = new JsonObject();
        foreach (IGrouping<string, JsonObject> part in lines.GroupBy(line => Text(line, "part")))
            parts[part.Key] = new JsonArray([.. part.Select(line => line.DeepClone())]);
        File.WriteAllText(Path.Combine(options.Out, "result.json"), parts.ToJsonString(Indented) + "\n");
        File.WriteAllText(Path.Combine(options.Out, "result.md"), Tables(lines));
    }

    private static string Tables(IReadOnlyList<JsonObject> lines)
    {
        var text = new StringBuilder();
        JsonObject doctor = lines.LastOrDefault(line => Text(line, "part") == "doctor") ?? [];
        text.Append(CultureInfo.InvariantCulture, $"## {Text(doctor, "name")}: gpu-check of {Text(doctor, "date")}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Commit {Text(doctor, "commit")}, device `{Text(doctor, "device")}`, ");
        text.Append(CultureInfo.InvariantCulture, $"sizes {Text(doctor, "sizes")}.\n\n| | |\n|---|---|\n");
        string[] told = ["part", "date", "commit", "device", "sizes"];
        foreach ((string name, JsonNode? value) in doctor.Where(pair => !told.Contains(pair.Key)))
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {Cell(value?.ToString() ?? "")} |\n");
        JsonObject[] Of(string part) => [.. lines.Where(line => Text(line, "part") == part)];
        Verdicts(text, "Operations against the CPU's form", Of("operations"), ["case", "type", "rows", "sizes", "relative", "largest"]);
        Verdicts(text, "Reference numbers", Of("goldens"), ["case", "type", "relative", "cpu"]);
        Verdicts(
            text, "The bundled model", Of("model"),
            [
                "device", "type", "graph", "weights", "run", "frames", "steps", "seconds", "judge", "largest_of_255", "psnr",
                "same_bits_as_first_run",
            ]);
        Verdicts(
            text, "Random weights of a released model", Of("random"),
            ["device", "type", "preset", "frames", "steps", "seconds", "seconds_of_50_steps", "memory", "first_seconds"]);
        Timings(text, Of("timings"), Of("torch"));
        Verdicts(
            text, "Each form of what has a choice of tiles", Of("tiles"),
            ["case", "sizes", "form", "rule", "relative", "microseconds", "teraflops"]);
        foreach (string part in (string[])["ptxas", "ncu", "sanitizer", "run"])
            Notes(text, part, Of(part));
        return text.ToString();
    }

    private static void Verdicts(StringBuilder text, string title, JsonObject[] lines, string[] columns)
    {
        if (lines.Length == 0)
            return;
        int failed = lines.Count(line => Text(line, "ok") == "false");
        text.Append(CultureInfo.InvariantCulture, $"\n### {title}\n\n{lines.Length - failed} of {lines.Length} hold.\n\n");
        text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", columns)} | verdict |\n|{Repeated(columns.Length + 1)}\n");
        foreach (JsonObject line in lines)
        {
            string verdict = Text(line, "ok") == "false" ? $"**FAILS** {Cell(Text(line, "failure"))}" : "ok";
            string cells = string.Join(" | ", columns.Select(column => Cell(Text(line, column))));
            text.Append(CultureInfo.InvariantCulture, $"| {cells} | {verdict} |\n");
        }
    }

    private static void Timings(StringBuilder text, JsonObject[] lines, JsonObject[] torch)
    {
        if (lines.Length == 0)
            return;
        double copy = Number(lines.FirstOrDefault(line => Text(line, "case") == "copy"), "gbytes");
        text.Append(CultureInfo.InvariantCulture, $"\n### Time of each operation, and PyTorch's\n\n");
        text.Append(CultureInfo.InvariantCulture, $"A copy on the device moves {copy:F0} GB/s (read and written). ");
        text.Append(CultureInfo.InvariantCulture, $"Goals: products {ProductGoal} TFLOP/s, attention {AttentionGoal}, ");
        text.Append(CultureInfo.InvariantCulture, $"what moves numbers {MovingGoal:P0} of a copy. Ratio: our time over PyTorch's.\n\n");
        foreach (JsonObject note in torch.Where(line => !line.ContainsKey("type")))
            text.Append(CultureInfo.InvariantCulture, $"PyTorch: {Cell(Text(note, "text") + Text(note, "failure"))}\n\n");
        text.Append("| case | type | sizes | ms | TFLOP/s | GB/s | of a copy | goal | PyTorch ms | ratio | results agree |\n");
        text.Append(CultureInfo.InvariantCulture, $"|{Repeated(11)}\n");
        foreach (JsonObject line in lines.Where(line => Text(line, "case") != "copy"))
        {
            JsonObject? other = torch.FirstOrDefault(
                found => Text(found, "case") == Text(line, "case") && Text(found, "type") == Text(line, "type"));
            text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", Row(line, other, copy))} |\n");
        }
    }

    private static IEnumerable<string> Row(JsonObject line, JsonObject? torch, double copy)
    {
        double ms = Number(line, "ms"), teraflops = Number(line, "gflops") / 1e3, gbytes = Number(line, "gbytes"), share = gbytes / copy;
        yield return Text(line, "case");
        yield return Text(line, "type");
        yield return Text(line, "sizes");
        if (line.ContainsKey("failure"))
        {
            yield return $"**FAILS** {Cell(Text(line, "failure"))}";
            yield break;
        }
        bool? reached = Text(line, "kind") switch
        {
            "product" => teraflops >= ProductGoal,
            "attention" => teraflops >= AttentionGoal,
            "moving" => share >= MovingGoal,
            _ => null,
        };
        yield return $"{ms:G4}";
        yield return $"{teraflops:G3}";
        yield return $"{gbytes:F0}";
        yield return $"{share:P0}";
        yield return reached is null ? "" : reached.Value ? "yes" : "no";
        double theirs = Number(torch, "ms");
        yield return torch is null ? "" : torch.ContainsKey("failure") ? Cell(Text(torch, "failure")) : $"{theirs:G4}";
        yield return theirs > 0 ? $"{ms / theirs:F2}" : "";
        string error = torch is null ? "" : Text(torch, "relative");
        yield return torch is null || error.Length == 0 ? "" : Text(torch, "agrees") == "true" ? $"yes, {error}" : $"**no**, {error}";
    }

    private static void Notes(StringBuilder text, string part, JsonObject[] lines)
    {
        if (lines.Length == 0)
            return;
        text.Append(CultureInfo.InvariantCulture, $"\n### {part}\n\n");
        foreach (JsonObject line in lines)
        {
            string rc = Text(line, "rc"), took = Text(line, "seconds");
            string head = $"{Text(line, "case")}{(rc.Length > 0 ? $", exit status {rc}" : "")}{(took.Length > 0 ? $", {took} s" : "")}";
            string body = Text(line, "text").Trim();
            text.Append(CultureInfo.InvariantCulture, $"- {head}{(body.Length == 0 ? "" : ":")}\n");
            if (body.Length > 0)
                text.Append(CultureInfo.InvariantCulture, $"\n  ```\n  {body.Replace("\n", "\n  ")}\n  ```\n\n");
        }
    }

    private static string Repeated(int columns) => string.Concat(Enumerable.Repeat("---|", columns));

    private static string Cell(string text) => text.Replace('\n', ' ').Replace("|", "\\|");

    private static double Number(JsonObject? line, string name) =>
        line?[name] is JsonValue value && value.TryGetValue(out double number) ? number : 0;

    // Errors in powers of ten, all else as it is.
    private static string Text(JsonObject line, string name)
    {
        if (line[name] is not { } node)
            return "";
        if (node is JsonObject stages)
            return string.Join(", ", stages.Select(stage => $"{stage.Key} {stage.Value}"));
        return node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out double number)
            && number != Math.Floor(number)
            ? number.ToString(Math.Abs(number) < 0.01 ? "0.0e-0" : "G4", CultureInfo.InvariantCulture)
            : node.ToString();
    }
}
