using CogVideoX.Models.Weights;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Gguf;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Conversion;

/// <summary>An adapter of any dialect as diffusers saves it, its configuration in the header.</summary>
internal static class LoraConversion
{
    /// <summary>The file in an adapter's folder.</summary>
    public const string FileName = "pytorch_lora_weights.safetensors";

    private const string Prefix = "transformer.";

    /// <param name="lora">The adapter, which must be open until the file is written.</param>
    /// <param name="name">The file.</param>
    /// <param name="asked">The type of all numbers; null to keep them.</param>
    /// <param name="progress">Counts what is written.</param>
    public static OutputFile File(LoraFile lora, string name, DType? asked, WriteProgress progress)
    {
        TensorSource[] tensors = [.. lora.Modules.SelectMany(module => new[]
        {
            Of(lora, module.AKey, $"{Prefix}{module.Name}.lora_A.weight", asked, progress),
            Of(lora, module.BKey, $"{Prefix}{module.Name}.lora_B.weight", asked, progress),
        })];
        return WeightShards.One(name, tensors, new Dictionary<string, string>
        {
            [LoraConfig.HeaderKey] = Configuration(lora.Modules),
            ["format"] = "pt",
        });
    }

    private static TensorSource Of(LoraFile lora, string stored, string name, DType? asked, WriteProgress progress)
    {
        lora.Weights.TryGet(stored, out Tensor tensor);
        DType type = WrittenType.Of(tensor.Type, asked);
        TensorSource source = type == tensor.Type ? TensorSource.Of(name, tensor) : ConvertedTensor.Of(name, type, tensor);
        return progress.Watched(source, () => type == DType.F16 && type != tensor.Type ? PartTensors.Finite(source) : source);
    }

    // Rank and alpha that most layers have, and those of the others by their names; layers by their full names, so that no other is meant.
    private static string Configuration(IReadOnlyList<LoraModule> modules)
    {
        bool isStabilized = modules.All(module => module.Factor == module.Alpha / Math.Sqrt(module.Rank))
            && modules.Any(module => module.Factor != module.Alpha / module.Rank);
        double[] alphas = [.. modules.Select(module => AlphaOf(module, isStabilized))];
        int rank = Most(modules.Select(module => module.Rank));
        double alpha = Most(alphas);
        var ranks = modules.Where(module => module.Rank != rank).ToDictionary(module => module.Name, module => (object?)module.Rank);
        var others = modules.Zip(alphas).Where(pair => pair.Second != alpha)
            .ToDictionary(pair => pair.First.Name, pair => Number(pair.Second));
        return PythonJson.Text(new Dictionary<string, object?>
        {
            [Prefix + "alpha_pattern"] = others,
            [Prefix + "bias"] = "none",
            [Prefix + "lora_alpha"] = Number(alpha),
            [Prefix + "lora_bias"] = false,
            [Prefix + "peft_type"] = "LORA",
            [Prefix + "r"] = rank,
            [Prefix + "rank_pattern"] = ranks,
            [Prefix + "target_modules"] = modules.Select(module => module.Name).ToArray(),
            [Prefix + "use_dora"] = false,
            [Prefix + "use_rslora"] = isStabilized,
        });
    }

    // What gives the same factor, where layers don't all scale by the same rule.
    private static double AlphaOf(LoraModule module, bool isStabilized) =>
        isStabilized || module.Factor == module.Alpha / module.Rank ? module.Alpha : module.Factor * module.Rank;

    private static object? Number(double alpha) => alpha == Math.Truncate(alpha) ? (object)(long)alpha : alpha;

    private static T Most<T>(IEnumerable<T> values) => values.GroupBy(value => value).OrderByDescending(group => group.Count()).First().Key;
}
