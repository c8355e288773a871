using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using CogVideoX.Models.Configuration;

namespace CogVideoX.Pipelines.Checkpoints;

/// <summary>An architecture to make a random checkpoint of: its config files are embedded in this assembly.</summary>
/// <param name="Name">On the command line.</param>
internal sealed record Preset(string Name)
{
    private const string Folder = "Presets/";
    private const string TokenizerModel = "spiece.model";

    private static readonly Assembly Home = typeof(Preset).Assembly;

    /// <summary>Every preset there is, by name.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Home.GetManifestResourceNames()
        .Where(name => name.StartsWith(Folder, StringComparison.Ordinal) && name.EndsWith("/model_index.json", StringComparison.Ordinal))
        .Select(name => name.Split('/')[1]).Order(StringComparer.Ordinal)];

    /// <summary>Writes the config files and the tokenizer where a checkpoint in the layout of Hugging Face has them.</summary>
    /// <param name="folder">The checkpoint's folder.</param>
    /// <param name="layers">Blocks of the transformer and of the text encoder; null for the architecture's own numbers.</param>
    public void WriteConfigs(string folder, int? layers = null)
    {
        Copy("model_index.json", Path.Combine(folder, "model_index.json"));
        foreach (string part in new[] { "transformer", "vae", "text_encoder" })
            Copy($"{part}.json", Path.Combine(folder, part, "config.json"));
        Copy("scheduler.json", Path.Combine(folder, "scheduler", "scheduler_config.json"));
        Copy("tokenizer.json", Path.Combine(folder, "tokenizer", "tokenizer_config.json"));
        CopyResource(TokenizerModel, Path.Combine(folder, "tokenizer", TokenizerModel));
        if (layers is not { } count)
            return;
        foreach (string part in new[] { "transformer", "text_encoder" })
            SetLayers(Path.Combine(folder, part, "config.json"), count);
    }

    /// <summary>The sizes of its transformer.</summary>
    public TransformerConfig ReadTransformer() => TransformerConfig.Read(Config("transformer.json"));

    /// <summary>The sizes of its VAE.</summary>
    public VaeConfig ReadVae() => VaeConfig.Read(Config("vae.json"));

    /// <summary>The sizes of its text encoder.</summary>
    public T5Config ReadTextEncoder() => T5Config.Read(Config("text_encoder.json"));

    /// <summary>The config of its VAE, as it was released.</summary>
    public byte[] ReadVaeText() => Text("vae.json");

    private ConfigFile Config(string file) => ConfigFile.Parse(file, Text(file));

    private byte[] Text(string file)
    {
        using Stream source = Home.GetManifestResourceStream($"{Folder}{Name}/{file}")!;
        byte[] text = new byte[source.Length];
        source.ReadExactly(text);
        return text;
    }

    /// <exception cref="RequestException">The architecture has fewer.</exception>
    private void SetLayers(string config, int layers)
    {
        const string Key = "num_layers";
        JsonNode json = JsonNode.Parse(File.ReadAllText(config))!;
        int own = json[Key]!.GetValue<int>();
        if (layers < 1 || layers > own)
        {
            throw new RequestException(
                nameof(layers), $"{layers} layers can't be; '{Name}' has {own}, so choose from 1 to {own}, or leave it out for all.");
        }
        json[Key] = layers;
        File.WriteAllText(config, json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }

    private void Copy(string resource, string path) => CopyResource($"{Folder}{Name}/{resource}", path);

    private static void CopyResource(string resource, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using Stream source = Home.GetManifestResourceStream(resource)!;
        using FileStream target = File.Create(path);
        source.CopyTo(target);
    }
}
