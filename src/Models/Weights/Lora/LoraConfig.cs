using System.Text;
using System.Text.RegularExpressions;
using CogVideoX.Models.Configuration;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Weights;

/// <summary>
/// What an adapter says of itself beside its tensors: rank and alpha, and those of layers that differ. It stands in the file's header
/// (diffusers), in <c>adapter_config.json</c> (PEFT), or in <c>adapter.json</c>.
/// </summary>
internal sealed class LoraConfig
{
    /// <summary>Under this name diffusers keeps it in a header, as a JSON text.</summary>
    public const string HeaderKey = "lora_adapter_metadata";

    /// <summary>No alpha is larger, with either sign.</summary>
    public const double LargestAlpha = 1e6;

    private const string PeftFile = "adapter_config.json", OwnFile = "adapter.json", Prefix = "transformer.";
    private const int LargestRank = 65536, MostPatterns = 1024, LongestPattern = 500, LargestHeaderText = 1 << 20;

    // Such starts leave other weights in the model than those it came with: B·A alone isn't the whole change.
    private static readonly string[] ChangedBases = ["pissa", "olora", "corda", "loftq", "lora_ga"];

    private readonly (Regex Name, int Rank)[] ranks;
    private readonly (Regex Name, double Alpha)[] alphas;

    private LoraConfig(string source, ConfigFile file, string prefix, string rank, string alpha)
    {
        Source = source;
        Rank = file.IntOrNull(prefix + rank, 1, LargestRank);
        Alpha = file.DoubleOrNull(prefix + alpha, -LargestAlpha, LargestAlpha);
        IsRankStabilized = file.BoolOrNull(prefix + "use_rslora") ?? false;
        ranks = [.. Patterns(file, prefix + "rank_pattern", 1, LargestRank).Select(entry => (entry.Name, (int)entry.Value))];
        alphas = [.. Patterns(file, prefix + "alpha_pattern", -LargestAlpha, LargestAlpha)];
        Refuse(file, prefix);
    }

    /// <summary>Where it stands, such as <c>adapter_config.json</c>.</summary>
    public string Source { get; }

    /// <summary>Of layers that no pattern names; null where nothing is said.</summary>
    public int? Rank { get; }

    /// <summary>Of layers that no pattern names; null where nothing is said.</summary>
    public double? Alpha { get; }

    /// <summary>Whether B·A is scaled by alpha / √rank (rsLoRA, arXiv 2312.03732) rather than by alpha / rank.</summary>
    public bool IsRankStabilized { get; }

    /// <summary>What a layer's tensors should have; null where nothing is said.</summary>
    public int? RankOf(string module) => First(ranks, module) ?? Rank;

    /// <summary>Alpha of a layer; null where nothing is said.</summary>
    public double? AlphaOf(string module) => First(alphas, module) ?? Alpha;

    /// <summary>The first that is there of: the header's, <c>adapter_config.json</c>, <c>adapter.json</c>; null where none is.</summary>
    /// <param name="file">The adapter.</param>
    /// <param name="folder">Where files of its own lie beside it; null where those there may belong to another.</param>
    /// <exception cref="ConfigException">It is damaged, or a value can't be.</exception>
    /// <exception cref="LoraException">It names a method that isn't LoRA.</exception>
    public static LoraConfig? Find(ITensorFile file, string? folder)
    {
        if (file.Metadata.TryGetValue(HeaderKey, out string? text) && OfHeader(file.Path, text) is { } header)
            return header;
        if (folder is null)
            return null;
        string peft = Path.Combine(folder, PeftFile), own = Path.Combine(folder, OwnFile);
        if (File.Exists(peft))
            return new LoraConfig(PeftFile, ConfigFile.Read(peft), "", "r", "lora_alpha");
        return File.Exists(own) ? new LoraConfig(OwnFile, ConfigFile.Read(own), "", "rank", "alpha") : null;
    }

    // The transformer's keys have its name before them; those of a text encoder may stand beside them.
    private static LoraConfig? OfHeader(string path, string text)
    {
        string place = $"{path}: {HeaderKey} in its header";
        if (text.Length > LargestHeaderText)
            throw new LoraException($"{place} has {text.Length} characters; at most {LargestHeaderText} are read. Save the adapter again.");
        var json = ConfigFile.Parse(place, Encoding.UTF8.GetBytes(text));
        bool isPrefixed = json.Names.Any(name => name.StartsWith(Prefix, StringComparison.Ordinal));
        return isPrefixed || json.Has("r") || json.Has("lora_alpha")
            ? new LoraConfig("its header", json, isPrefixed ? Prefix : "", "r", "lora_alpha")
            : null;
    }

    private static void Refuse(ConfigFile file, string prefix)
    {
        const string Remedy = "Use a plain LoRA, or merge this one into the model with the program that made it.";
        if (file.BoolOrNull(prefix + "use_dora") == true)
            throw new LoraException($"{file.Path}: 'use_dora' is true: DoRA isn't supported. {Remedy}");
        if (file.BoolOrNull(prefix + "lora_bias") == true)
            throw new LoraException($"{file.Path}: 'lora_bias' is true: LoRAs with biases aren't supported. {Remedy}");
        if (file.TextOrNull(prefix + "peft_type") is { } type && type != "LORA")
            throw new LoraException($"{file.Path}: 'peft_type' is {Quoted.Name(type)}; only LORA is supported. {Remedy}");
        if (file.TextOrNull(prefix + "init_lora_weights") is { } start
            && ChangedBases.Any(known => start.StartsWith(known, StringComparison.OrdinalIgnoreCase)))
        {
            throw new LoraException(
                $"{file.Path}: 'init_lora_weights' is {Quoted.Name(start)}, which changes the model's own weights too; the adapter fits "
                + "those alone. Convert it to a plain LoRA when it is saved (PEFT: path_initial_model_for_weight_conversion).");
        }
    }

    // As PEFT has them: a regular expression for a layer's name, whole or from a point on.
    private static IEnumerable<(Regex Name, double Value)> Patterns(ConfigFile file, string key, double min, double max)
    {
        foreach ((string pattern, double value) in file.Numbers(key, min, max, MostPatterns))
        {
            if (pattern.Length > LongestPattern)
                throw file.Wrong(key, $"an object whose names have at most {LongestPattern} characters");
            yield return (Compile(file, key, pattern), value);
        }
    }

    private static Regex Compile(ConfigFile file, string key, string pattern)
    {
        try
        {
            // Such an expression takes time in proportion to the text, whatever is in it.
            return new Regex($@"^(?:.*\.)?(?:{pattern})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw new LoraException(
                $"{file.Path}: {Quoted.Name(pattern)} in '{key}' can't be read as a name of layers: {exception.Message}");
        }
    }

    private static T? First<T>((Regex Name, T Value)[] patterns, string module) where T : struct
    {
        foreach ((Regex name, T value) in patterns)
        {
            if (name.IsMatch(module))
                return value;
        }
        return null;
    }
}
