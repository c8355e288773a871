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
    private const int MaxDepth = 16;

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
        try
        {
            using JsonDocument document = ParseText(json);
            JsonNode? root = JsonObject.Create(document.RootElement.Clone());
            string generator = Required(root, "generator").GetValue<string>();
            if (!generator.StartsWith(Product, StringComparison.Ordinal))
                throw new FormatException($"the settings were written by {Quoted.Name(generator)}, not by {Product}");
            return new GenerationMetadata(
                Required(root, "prompt").GetValue<string>(),
                Required(root, "negative_prompt").GetValue<string>(),
                Required(root, "seed").GetValue<ulong>(),
                new OrderedDictionary<string, JsonNode?>(Required(root, "settings").AsObject()));
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException($"the settings in it are damaged ({e.Message})", e);
        }
    }

    private static JsonDocument ParseText(string json)
    {
        try
        {
            return StrictJson.Parse(Encoding.UTF8.GetBytes(json), MaxDepth);
        }
        catch (FormatException e)
        {
            throw new FormatException($"the settings in it are damaged: what is there {e.Message}", e);
        }
    }

    private static string Version => typeof(GenerationMetadata).Assembly.GetName().Version?.ToString(3) ?? "";

    private static JsonNode Required(JsonNode? root, string name) =>
        root?[name] ?? throw new FormatException($"the settings in it lack '{name}'");
}
