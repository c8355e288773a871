using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Media;

/// <summary>What a video was made from, written into its file so that the run can be repeated.</summary>
/// <param name="Prompt">The prompt, as given.</param>
/// <param name="NegativePrompt">The negative prompt; empty if none was given.</param>
/// <param name="Seed">The seed of this video's noise.</param>
/// <param name="Settings">Every other setting by name, in the order to be shown.</param>
public sealed record GenerationMetadata(
    string Prompt, string NegativePrompt, ulong Seed, IReadOnlyDictionary<string, JsonNode?> Settings)
{
    private const string Product = "CogVideoX for .NET";
    private const int MaxDepth = 64;

    /// <summary>
    /// One line of ASCII JSON. Anything else is escaped, so that it passes unchanged through GIF comments (7-bit by their
    /// specification), XML and command lines.
    /// </summary>
    public string ToJson()
    {
        var settings = new JsonObject();
        foreach (var (name, value) in Settings)
            settings.Add(name, value?.DeepClone());
        return new JsonObject
        {
            ["generator"] = $"{Product} {Version}",
            ["prompt"] = Prompt,
            ["negative_prompt"] = NegativePrompt,
            ["seed"] = Seed,
            ["settings"] = settings,
        }.ToJsonString();
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="FormatException">The text is something else.</exception>
    public static GenerationMetadata Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var root = ParseObject(json);
        string generator = Text(root, "generator");
        if (!generator.StartsWith(Product, StringComparison.Ordinal))
            throw new FormatException($"the settings were written by {Quoted.Name(generator)}, not by {Product}");
        if (Required(root, "seed") is not JsonValue seed || !seed.TryGetValue(out ulong number))
            throw Wrong(root, "seed", "a whole number from 0 to 2⁶⁴ − 1");
        if (Required(root, "settings") is not JsonObject settings)
            throw Wrong(root, "settings", "an object");
        return new GenerationMetadata(
            Text(root, "prompt"), Text(root, "negative_prompt"), number, new OrderedDictionary<string, JsonNode?>(settings));
    }

    private static string Version => typeof(GenerationMetadata).Assembly.GetName().Version?.ToString(3) ?? "";

    private static JsonObject ParseObject(string json)
    {
        try
        {
            using var document = StrictJson.Parse(Encoding.UTF8.GetBytes(json), MaxDepth);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? JsonObject.Create(document.RootElement.Clone())!
                : throw new FormatException("isn't a JSON object");
        }
        catch (FormatException e)
        {
            throw new FormatException($"the settings in it are damaged: what is there {e.Message}", e);
        }
    }

    private static string Text(JsonObject root, string name) =>
        Required(root, name) is JsonValue value && value.TryGetValue(out string? text) ? text : throw Wrong(root, name, "a text");

    private static FormatException Wrong(JsonObject root, string name, string wanted) =>
        new($"the settings in it are damaged: '{name}' is {Quoted.Name(root[name]!.ToJsonString())}, not {wanted}");

    private static JsonNode Required(JsonObject root, string name) =>
        root[name] ?? throw new FormatException($"the settings in it lack '{name}'");
}
