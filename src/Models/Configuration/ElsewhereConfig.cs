using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Configuration;

/// <summary>The config of a transformer that comes without one, over the config of the model whose parts it is to fit.</summary>
internal static class ElsewhereConfig
{
    /// <summary>
    /// The model's config with what the shapes of the weights say: blocks, channels that come in, positions that are stored, <c>ofs</c>. So
    /// the transformer of an image-to-video model fits the folder of its text-to-video twin.
    /// </summary>
    /// <param name="model">The config of the model's folder.</param>
    /// <param name="path">Its file, for messages.</param>
    /// <param name="place">Where the weights are.</param>
    /// <exception cref="ConfigException">They are of a model whose other parts are others.</exception>
    /// <exception cref="TensorException">They are missing or damaged.</exception>
    public static TransformerConfig Fit(TransformerConfig model, string path, PartPlace place)
    {
        using WeightFiles weights = place.Open();
        CheckComplete(model, weights);
        var sizes = new TransformerSizes(model.SampleWidth, model.SampleHeight, model.SampleFrames, model.MaxTextLength);
        TransformerConfig stored = new TransformerShapes(weights).Config(model.Rotary, sizes);
        TransformerConfig fitted = model with
        {
            InChannels = stored.InChannels,
            Layers = stored.Layers,
            LearnedPositions = stored.LearnedPositions,
            OfsEmbedWidth = stored.OfsEmbedWidth,
        };
        if (Essentials(stored) != Essentials(model))
        {
            throw new ConfigException(
                $"{weights.Files[0].Path}{NameOf(stored)} doesn't fit {path}{NameOf(model)}: {Differences(stored, model)}. "
                + "Name the folder of the model that the transformer is of.");
        }
        return fitted;
    }

    // Of the blocks that are there: a transformer may have fewer than the model.
    private static void CheckComplete(TransformerConfig model, WeightFiles weights)
    {
        using Ops ops = Ops.Planning();
        var list = new WeightList(ops, DType.F32);
        _ = new CogVideoXTransformer(new WeightReader(list), model);
        string file = weights.Files[0].Path;
        int layers = Math.Max(1, Enumerable.Range(0, model.Layers).TakeWhile(layer => weights.Names.Any(Block(layer))).Count());
        IEnumerable<int> beyond = Enumerable.Range(layers, Math.Max(0, model.Layers - layers));
        string[] asked = [.. list.Shapes.Keys.Where(name => !beyond.Any(layer => Block(layer)(name)))];
        string[] missing = [.. asked.Where(name => !weights.TryDescribe(name, out _))];
        if (missing.Length == 0)
            return;
        string others = missing.Length == 1 ? "" : $", and so are {missing.Length - 1} more of the {asked.Length} that it should have";
        throw new WeightException(
            $"'{missing[0]}' is missing from {file}{others}. "
            + (ForeignNames.Recognise(missing[0], weights.Names) ?? "Download the file again."));

        static Func<string, bool> Block(int layer) =>
            name => name.StartsWith($"{CogVideoXTransformer.Layers}.{layer}.", StringComparison.Ordinal);
    }

    private static (int, int, int, int, int?, int, int) Essentials(TransformerConfig config) => (
        config.Heads, config.HeadDim, config.OutChannels, config.PatchSize, config.TemporalPatchSize, config.TextWidth,
        config.TimeEmbedWidth);

    private static string NameOf(TransformerConfig config) => ReleasedModels.NameOf(config) is { } name ? $" (a {name})" : "";

    private static string Differences(TransformerConfig stored, TransformerConfig model) => string.Join(", ", new[]
    {
        Difference("width", stored.Width, model.Width),
        Difference("channels of a head", stored.HeadDim, model.HeadDim),
        Difference("channels of latents", stored.OutChannels, model.OutChannels),
        Difference("rows of a patch", stored.PatchSize, model.PatchSize),
        Difference("frames of a patch", stored.PatchFrames, model.PatchFrames),
        Difference("width of texts", stored.TextWidth, model.TextWidth),
        Difference("width of the time embedding", stored.TimeEmbedWidth, model.TimeEmbedWidth),
    }.OfType<string>());

    private static string? Difference(string what, int stored, int model) => stored == model ? null : $"{what} {stored} against {model}";
}
