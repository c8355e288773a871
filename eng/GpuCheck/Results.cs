using System.Text.Json.Nodes;

namespace CogVideoX.GpuCheck;

/// <summary>
/// What was found, one line of JSON each, written at once: what ends a part early loses nothing that was found before.
/// </summary>
internal sealed class Results(string folder, string part)
{
    /// <summary>The file in the folder of results.</summary>
    public const string FileName = "results.jsonl";

    /// <summary>All lines of a folder, in their order.</summary>
    public static IReadOnlyList<JsonObject> Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        var lines = new List<JsonObject>();
        foreach (string line in File.Exists(path) ? File.ReadAllLines(path) : [])
        {
            try
            {
                lines.Add(JsonNode.Parse(line)!.AsObject());
            }
            catch (System.Text.Json.JsonException)
            {
                // The last of a part that was ended while it wrote.
            }
        }
        return lines;
    }

    /// <summary>Adds a line, and shows it.</summary>
    public void Add(JsonObject line)
    {
        line.Insert(0, "part", part);
        string text = line.ToJsonString();
        Directory.CreateDirectory(folder);
        File.AppendAllText(Path.Combine(folder, FileName), text + "\n");
        Console.WriteLine(text);
    }

    /// <summary>A number for JSON, which has neither infinity nor NaN.</summary>
    public static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : JsonValue.Create(value.ToString());
}
