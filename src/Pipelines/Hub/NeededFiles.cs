using System.Text.RegularExpressions;

namespace CogVideoX.Pipelines.Hub;

/// <summary>
/// Which files of a repository a model of ours is read from: configs, tokenizer, and the safetensors of each part that go by its plain
/// name. Twins in other formats or types, pictures and pages are not downloaded.
/// </summary>
internal static partial class NeededFiles
{
    private const string Index = "model_index.json";

    private static readonly string[] Plain =
    [
        Index, "generation_config.json", "scheduler/scheduler_config.json", "transformer/config.json", "vae/config.json",
        "text_encoder/config.json", "tokenizer/spiece.model", "tokenizer/tokenizer.json", "tokenizer/tokenizer_config.json",
        "tokenizer/special_tokens_map.json", "tokenizer/added_tokens.json",
    ];

    private static readonly (string Part, string Weights)[] Parts =
    [
        ("transformer", "diffusion_pytorch_model"), ("vae", "diffusion_pytorch_model"), ("text_encoder", "model"),
    ];

    /// <summary>Those of a listing; <c>model_index.json</c> first and large ones last.</summary>
    /// <exception cref="HubException">It is no model in the layout of diffusers, or has no safetensors.</exception>
    public static IReadOnlyList<HubFile> Of(HubModel model)
    {
        var files = model.Files.ToDictionary(file => file.Name);
        if (!files.ContainsKey(Index))
        {
            throw new HubException(
                $"{model.Name} has no {Index}, so it is no model in the layout of diffusers; nothing was downloaded. Name a model such as "
                + "THUDM/CogVideoX-2b.");
        }
        IEnumerable<HubFile> needed = Plain.Where(files.ContainsKey).Select(name => files[name]);
        foreach ((string part, string weights) in Parts)
            needed = needed.Concat(WeightsOf(model.Name, files, part, weights));
        return [.. needed.OrderBy(file => file.Name == Index ? 0 : IsWeights(file) ? 2 : 1)];
    }

    // An index goes before a single file, as where weights are opened.
    private static HubFile[] WeightsOf(ModelName model, Dictionary<string, HubFile> files, string part, string weights)
    {
        string single = $"{part}/{weights}.safetensors", index = $"{single}.index.json";
        HubFile[] found = files.TryGetValue(index, out HubFile? list)
            ? [list, .. files.Values.Where(file => file.Name.StartsWith($"{part}/{weights}-", StringComparison.Ordinal)
                && Shard().IsMatch(file.Name[$"{part}/{weights}".Length..])).OrderBy(file => file.Name, StringComparer.Ordinal)]
            : files.TryGetValue(single, out HubFile? one) ? [one] : [];
        if (found.Length > 0)
            return found;
        bool other = files.Keys.Any(name => name.StartsWith($"{part}/", StringComparison.Ordinal)
            && Path.GetExtension(name) is ".bin" or ".pt" or ".gguf" or ".safetensors");
        throw new HubException(
            $"{model} has no {single}{(other ? ", only weights in other formats or types" : "")}; nothing was downloaded. Name a model "
            + "such as THUDM/CogVideoX-2b, or download this one with another tool and give its folder.");
    }

    private static bool IsWeights(HubFile file) => file.Name.EndsWith(".safetensors", StringComparison.Ordinal);

    [GeneratedRegex(@"\A-\d{5}-of-\d{5}\.safetensors\z")]
    private static partial Regex Shard();
}
