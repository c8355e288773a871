using CogVideoX.Models.Configuration;
using CogVideoX.Models.Weights;

namespace CogVideoX.Pipelines.Reports;

/// <summary>What an adapter is, without a model to try it on: the answer of <c>inspect</c>.</summary>
/// <param name="Path">The file or folder, as it was named.</param>
/// <param name="Bytes">Of its tensors.</param>
/// <param name="Types">How its tensors are stored.</param>
/// <param name="Rank">The ranks of its layers, in words.</param>
/// <param name="Alpha">Their alphas and where these are from, in words.</param>
/// <param name="LeastFactor">What B·A is multiplied with at scale 1, of the layer with the least.</param>
/// <param name="LargestFactor">Of the layer with the largest.</param>
/// <param name="Targets">Which layers it changes, by their names within a block, and how many of each.</param>
/// <param name="Width">The width of the transformer that its attention layers are for; null where it has none.</param>
/// <param name="Models">The released models of that width; null where there are none.</param>
/// <param name="Unread">Keys that are no part of a layer.</param>
/// <param name="BaseWeights">How many weights stand beside it that it was trained over; they are ignored.</param>
internal sealed record LoraReport(
    string Path, long Bytes, IReadOnlyList<string> Types, string Rank, string Alpha, double LeastFactor, double LargestFactor,
    IReadOnlyDictionary<string, int> Targets, int? Width, string? Models, IReadOnlyList<string> Unread, int BaseWeights)
{
    /// <summary>Whether a path is an adapter's, not a checkpoint's: a file of tensors, or a folder with one of an adapter.</summary>
    public static bool IsFor(string path) => File.Exists(path)
        ? LoraFile.HasKnownName(path) || FileKind.Of(path) == FileKind.Safetensors
        : Directory.Exists(path) && LoraFile.IsFolderOfOne(path) && !File.Exists(System.IO.Path.Combine(path, "model_index.json"));

    /// <summary>Reads headers and configs, and looks at the numbers once.</summary>
    /// <exception cref="ModelException">It is no LoRA, or one that isn't supported, or damaged.</exception>
    public static LoraReport Read(string path) => ModelException.Guard(() =>
    {
        using LoraFile file = LoraFile.Open(path);
        int? width = file.Modules.FirstOrDefault(module => module.Target.StartsWith("attn1.to_", StringComparison.Ordinal))?.A[1];
        return new LoraReport(
            path, file.Bytes, file.Types, LoadedLoras.Ranks(file.Modules), LoadedLoras.Alphas(file, file.Modules),
            file.Modules.Min(module => module.Factor), file.Modules.Max(module => module.Factor),
            new OrderedDictionary<string, int>(
                file.Modules.CountBy(module => module.Target).OrderBy(entry => entry.Key, StringComparer.Ordinal)),
            width, width is { } known ? ReleasedModels.OfWidth(known) : null, file.Unread,
            file.BaseWeights.Count);
    });
}
