using System.Text.Json;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Testing;

/// <summary>
/// Reference files in other tools' formats: some are in tests/Goldens/foreign, all where <c>COGVIDEOX_GOLDENS</c> names the folder that has
/// <c>foreign/</c>.
/// </summary>
public static class ForeignGolden
{
    private static readonly string Folder = Environment.GetEnvironmentVariable("COGVIDEOX_GOLDENS") is { } all
        && Directory.Exists(System.IO.Path.Combine(all, "foreign")) ? all : Golden.Path("");

    /// <summary>A file below <c>foreign/</c>.</summary>
    public static string Path(string relative) => System.IO.Path.Combine(Folder, "foreign", relative);

    /// <summary>The reference numbers of a folder.</summary>
    public static SafetensorsFile Open(string folder) => SafetensorsFile.Open(Path($"{folder}/expected.safetensors"));

    /// <summary>The cases of a folder whose files are here.</summary>
    public static IEnumerable<JsonElement> Cases(string folder)
    {
        JsonElement root = JsonDocument.Parse(File.ReadAllBytes(Path($"{folder}/cases.json"))).RootElement;
        JsonElement cases = root.ValueKind == JsonValueKind.Array ? root : root.GetProperty("cases");
        return cases.EnumerateArray().Where(test => File.Exists(Path(FileOf(test))));
    }

    /// <summary>The file of a case.</summary>
    public static string FileOf(JsonElement test) => test.GetProperty("file").GetString()!;

    /// <summary>What a case says; null where it doesn't.</summary>
    public static string? Said(JsonElement test, string name) =>
        test.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
