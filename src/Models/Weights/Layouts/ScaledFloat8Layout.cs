using System.Text;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Weights.Layouts;

/// <summary>
/// Weights of 8-bit floats with a factor, or one for each row, beside them: weight = float(stored) · factor. Names are those of ComfyUI,
/// old (<c>LAYER.scale_weight</c>, the marker <c>scaled_fp8</c>) and new (<c>LAYER.weight_scale</c>, <c>LAYER.comfy_quant</c> or
/// <c>_quantization_metadata</c> in the header). Scales of inputs belong to products of 8-bit floats and aren't seen.
/// </summary>
internal sealed class ScaledFloat8Layout : IWeightLayout
{
    private const int LongestText = 4096; // of comfy_quant
    private const string Weight = ".weight", Quantisation = ".comfy_quant", Marker = "scaled_fp8";
    private static readonly string[] Scales = [".scale_weight", ".weight_scale"];
    private static readonly string[] Ignored = [".scale_input", ".input_scale"];

    public string Name => "8-bit floats with scales";

    public ITensorFile? Translate(ITensorFile file)
    {
        bool isMarked = file.Metadata.TryGetValue(UnusedWeights.QuantizationKey, out string? header);
        if (!isMarked && !file.Names.Any(name => Scales.Any(ending => Ends(name, ending)) || Ends(name, Quantisation) || name == Marker))
            return null;
        if (isMarked)
            ScaledFloat8Format.CheckHeader(file, header!);
        var seen = new Dictionary<string, Translation>();
        foreach (string name in file.Names)
        {
            file.TryDescribe(name, out TensorInfo info);
            if (Ends(name, Quantisation))
                ScaledFloat8Format.Check(file, name[..^Quantisation.Length], Text(file, name, info));
            else if (!IsOfWeight(file, name, info))
                seen.Add(name, Translation.Whole(name, info) with { Factors = FactorsOf(file, name, info) });
        }
        Dictionary<string, string> metadata = new(file.Metadata.Where(pair => pair.Key != UnusedWeights.QuantizationKey));
        return new TranslatedFile(file, seen, metadata);
    }

    private static string Text(ITensorFile file, string name, TensorInfo info) => info.Type == DType.U8 && info.Bytes <= LongestText
        ? Encoding.UTF8.GetString(file[name].AsReadOnlySpan<byte>())
        : throw new WeightException($"'{name}' in {file.Path} is {info}; it should be a short text, in U8. Use another file.");

    private static bool Ends(string name, string ending) => name.EndsWith(ending, StringComparison.Ordinal);

    private static bool IsFloat8(TensorInfo info) => info.Type == DType.F8E4M3 || info.Type == DType.F8E5M2;

    // What says how a weight is to be read, and isn't a weight. Scales of what isn't in 8-bit floats stay, and are refused by name later.
    private static bool IsOfWeight(ITensorFile file, string name, TensorInfo info)
    {
        if (name == Marker)
            return IsFloat8(info);
        if (Scales.Concat(Ignored).FirstOrDefault(ending => Ends(name, ending)) is not { } ending)
            return false;
        return file.TryDescribe(name[..^ending.Length] + Weight, out TensorInfo weight) && IsFloat8(weight);
    }

    private static string? FactorsOf(ITensorFile file, string name, TensorInfo info)
    {
        if (!Ends(name, Weight) || !IsFloat8(info))
            return null;
        string[] scales = [.. Scales.Select(ending => name[..^Weight.Length] + ending).Where(scale => file.TryDescribe(scale, out _))];
        if (scales.Length == 0)
            return null;
        if (scales.Length > 1)
            throw new WeightException($"{file.Path} has {Quoted.Names(scales)}, which are two scales of one weight. Download it again.");
        file.TryDescribe(scales[0], out TensorInfo scale);
        bool isOne = scale.Shape.Count == 1;
        bool isOfRows = info.Shape.Rank > 1 && (scale.Shape == [info.Shape[0]] || scale.Shape == [info.Shape[0], 1]);
        return scale.Type == DType.F32 && (isOne || isOfRows)
            ? scales[0]
            : throw new WeightException($"{Quoted.Name(scales[0])} in {file.Path} is {scale}; the scale of {Quoted.Name(name)} {info} is "
                + "one F32 number, or one for each row. Use the model's BF16, F16 or F32 files.");
    }
}
