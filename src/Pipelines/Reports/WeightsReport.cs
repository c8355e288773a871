using CogVideoX.Models.Configuration;
using CogVideoX.Models.Weights;
using CogVideoX.Models.Weights.Layouts;
using CogVideoX.Pipelines.Conversion;
using CogVideoX.Tensors.Files;

namespace CogVideoX.Pipelines.Reports;

/// <summary>What a file of weights is that is a part of a model and no model by itself: the answer of <c>inspect</c>.</summary>
/// <param name="Path">The file or folder, as it was named.</param>
/// <param name="Files">The files that were looked at: several of a release of SAT.</param>
internal sealed record WeightsReport(string Path, IReadOnlyList<WeightsFileReport> Files)
{
    /// <summary>Whether a path is such a file, or a release of SAT.</summary>
    /// <exception cref="ModelException">A file is damaged.</exception>
    public static bool IsFor(string path) => ModelException.Guard(() => Directory.Exists(path) ? SatFolder.Is(path) : IsPart(path));

    /// <summary>Reads headers.</summary>
    /// <exception cref="ModelException">A file is missing or damaged.</exception>
    public static WeightsReport Read(string path) => ModelException.Guard(() =>
    {
        if (!Directory.Exists(path))
            return new WeightsReport(path, [WeightsFileReport.Read(path)]);
        var sat = SatFolder.Open(path);
        return new WeightsReport(
            path, [.. new[] { sat.TransformerFile, sat.VaeFile }.OfType<string>().Select(WeightsFileReport.Read)]);
    });

    private static bool IsPart(string path)
    {
        if (!File.Exists(path) || FileKind.Of(path) is not { } kind || !WeightsFileReport.Formats.Contains(kind))
            return false;
        using ITensorFile file = WeightLayouts.Translate(TensorFile.Open(path));
        return !PartKinds.HaveAdapter(file.Names) && PartKinds.Of(file.Names) != PartKind.Other;
    }
}

/// <summary>A file of weights.</summary>
/// <param name="Path">It.</param>
/// <param name="Format">Such as <c>a GGUF file</c>.</param>
/// <param name="Layouts">How it differs from Hugging Face's files, each a noun; empty where it doesn't.</param>
/// <param name="Part">Which part it is, as <c>model_index.json</c> calls it; null where it is none that is known.</param>
/// <param name="Release">The released model whose transformer has these shapes; null where none has, or for other parts.</param>
/// <param name="Bytes">Of the file.</param>
/// <param name="ParametersByType">How many numbers are stored how.</param>
internal sealed record WeightsFileReport(
    string Path, string Format, IReadOnlyList<string> Layouts, string? Part, string? Release, long Bytes,
    IReadOnlyDictionary<string, long> ParametersByType)
{
    /// <summary>The formats that are read, as <see cref="FileKind"/> calls them.</summary>
    internal static IReadOnlyList<string> Formats { get; } = [FileKind.Safetensors, FileKind.Pickle, FileKind.Gguf];

    /// <summary>All numbers.</summary>
    public long Parameters => ParametersByType.Values.Sum();

    // A shard, or a file that lacks something, is still told for what it is.
    private static string? ReleaseOf(ITensorFile file)
    {
        try
        {
            return new TransformerShapes(file).Release();
        }
        catch (WeightException)
        {
            return null;
        }
    }

    internal static WeightsFileReport Read(string path)
    {
        var layouts = new List<string>();
        using ITensorFile file = WeightLayouts.Translate(TensorFile.Open(path), layouts);
        PartKind kind = PartKinds.HaveAdapter(file.Names) ? PartKind.Other : PartKinds.Of(file.Names);
        string? part = kind == PartKind.Other ? null : kind.Folder();
        var types = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (string name in file.Names)
        {
            file.TryDescribe(name, out TensorInfo info);
            types[info.Type.Name] = types.GetValueOrDefault(info.Type.Name) + info.Shape.Count;
        }
        string? release = kind == PartKind.Transformer ? ReleaseOf(file) : null;
        return new WeightsFileReport(path, FileKind.Of(path)!, layouts, part, release, file.Bytes, types);
    }
}
