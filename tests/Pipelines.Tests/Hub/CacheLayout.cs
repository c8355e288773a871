using System.Text.Json.Nodes;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Hub;

/// <summary>What huggingface_hub leaves on a disk (tests/Goldens/hf-cache/layout.json), made in a folder.</summary>
internal static class CacheLayout
{
    public static JsonArray Asks => (JsonArray)Read()["asks"]!;

    public static void Make(string root)
    {
        JsonObject layout = Read();
        foreach (JsonNode? file in (JsonArray)layout["files"]!)
        {
            string path = In(root, (string)file!["path"]!);
            if ((string?)file["copy"] is { } copy)
            {
                byte[] bytes = File.ReadAllBytes(Golden.Path(copy));
                File.WriteAllBytes(path, (int?)file["first_bytes"] is { } first ? bytes[..first] : bytes);
            }
            else
            {
                File.WriteAllText(path, (string)file["text"]!);
            }
        }
        foreach (JsonNode? link in (JsonArray)layout["links"]!)
            File.CreateSymbolicLink(In(root, (string)link!["path"]!), (string)link["target"]!);
    }

    private static JsonObject Read() => (JsonObject)JsonNode.Parse(File.ReadAllText(Golden.Path("hf-cache/layout.json")))!;

    private static string In(string root, string path)
    {
        string full = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        return full;
    }
}
