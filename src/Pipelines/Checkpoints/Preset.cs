using System.Reflection;

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
    public void WriteConfigs(string folder)
    {
        Copy("model_index.json", Path.Combine(folder, "model_index.json"));
        foreach (string part in new[] { "transformer", "vae", "text_encoder" })
            Copy($"{part}.json", Path.Combine(folder, part, "config.json"));
        Copy("scheduler.json", Path.Combine(folder, "scheduler", "scheduler_config.json"));
        Copy("tokenizer.json", Path.Combine(folder, "tokenizer", "tokenizer_config.json"));
        CopyResource(TokenizerModel, Path.Combine(folder, "tokenizer", TokenizerModel));
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
