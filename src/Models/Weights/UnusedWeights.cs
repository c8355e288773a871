namespace CogVideoX.Models.Weights;

/// <summary>
/// Tells tensors that a model may leave aside (the decoder of a whole T5, a table that is computed) from those that would change its
/// results: what stands beside a used weight, scales or extends it, and layers beyond those of the config.
/// </summary>
internal sealed class UnusedWeights
{
    /// <summary>Under this name some tools keep in a header that weights are to be scaled.</summary>
    public const string QuantizationKey = "_quantization_metadata";

    /// <summary>Weights without their scales are other weights.</summary>
    public static readonly LostWeights Scales = new(
        "scales of its weights (scaled fp8 or another quantisation) of a kind that isn't read, and without which results would be wrong",
        "Use the model's BF16, F16 or F32 files, or fp8 in one file with scales as ComfyUI has them.");

    private const string SameModel = "The config and the weights must be of the same model.";

    private static readonly LostWeights
        Lora = new("a LoRA that isn't merged into the weights", "Use the model's own files."),
        Beside = new("tensors beside weights of the model that the config doesn't know", SameModel),
        Beyond = new("layers beyond those of the config", SameModel);

    private const string Fp8Marker = "scaled_fp8";

    private readonly IReadOnlySet<string> used;
    private readonly HashSet<string> modules, items = [], lists = [];

    public UnusedWeights(IReadOnlySet<string> used)
    {
        this.used = used;
        modules = [.. used.Select(Parent)];
        foreach (string key in used)
        {
            foreach ((string list, string item) in Items(key))
            {
                lists.Add(list);
                items.Add(item);
            }
        }
    }

    /// <summary>What is lost without a tensor; null where nothing is.</summary>
    public LostWeights? Change(string key)
    {
        string parent = Parent(key), name = key[(parent.Length == 0 ? 0 : parent.Length + 1)..];
        bool isBeside = parent.Length > 0 && (modules.Contains(parent) || used.Contains(parent));
        if (name == Fp8Marker || (isBeside && name.Contains("scale", StringComparison.Ordinal)))
            return Scales;
        if (key.Contains("lora_", StringComparison.Ordinal) || key.Contains(".lora.", StringComparison.Ordinal))
            return Lora;
        if (isBeside)
            return Beside;
        return Items(key).Any(entry => lists.Contains(entry.List) && !items.Contains(entry.Item)) ? Beyond : null;
    }

    private static string Parent(string key) => key[..Math.Max(0, key.LastIndexOf('.'))];

    // blocks.3.attn → (blocks, blocks.3)
    private static IEnumerable<(string List, string Item)> Items(string key)
    {
        int start = 0;
        for (int end = key.IndexOf('.'); end >= 0; start = end + 1, end = key.IndexOf('.', start))
        {
            if (start > 0 && end > start && key.AsSpan(start, end - start).IndexOfAnyExceptInRange('0', '9') < 0)
                yield return (key[..(start - 1)], key[..end]);
        }
    }
}

/// <summary>A kind of tensors without which a model's results would be others.</summary>
/// <param name="What">What they are, as the object of a sentence.</param>
/// <param name="Remedy">What to do, as a sentence.</param>
internal sealed record LostWeights(string What, string Remedy);
