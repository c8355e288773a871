using System.Text;
using System.Text.Json;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Weights.Layouts;

/// <summary>What ComfyUI's files say about the quantisation of a layer, as JSON: <c>{"format": "float8_e4m3fn"}</c>.</summary>
internal static class ScaledFloat8Format
{
    private const int MaxDepth = 16;
    private static readonly string[] Known = ["float8_e4m3fn", "float8_e5m2"];

    /// <summary>Checks what a layer's own tensor says.</summary>
    /// <exception cref="WeightException">It isn't JSON, or of another format than 8-bit floats.</exception>
    public static void Check(ITensorFile file, string layer, string text)
    {
        using JsonDocument document = Parse(file, $"{layer}.comfy_quant", text);
        Check(file, layer, document.RootElement);
    }

    /// <summary>Checks what the header says of all layers.</summary>
    /// <exception cref="WeightException">It isn't JSON, or a layer is of another format than 8-bit floats.</exception>
    public static void CheckHeader(ITensorFile file, string text)
    {
        using JsonDocument document = Parse(file, UnusedWeights.QuantizationKey, text);
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("layers", out JsonElement layers) || layers.ValueKind != JsonValueKind.Object)
        {
            throw new WeightException($"{file.Path} has a '{UnusedWeights.QuantizationKey}' without 'layers'. Download it again.");
        }
        foreach (JsonProperty layer in layers.EnumerateObject())
            Check(file, layer.Name, layer.Value);
    }

    private static void Check(ITensorFile file, string layer, JsonElement said)
    {
        string format = said.ValueKind == JsonValueKind.Object && said.TryGetProperty("format", out JsonElement name)
            && name.ValueKind == JsonValueKind.String ? name.GetString()! : "";
        if (!Known.Contains(format))
        {
            throw new WeightException($"{file.Path} has {Quoted.Name(layer)} quantised as {Quoted.Name(format)}; "
                + $"{string.Join(" and ", Known)} are read. Use another file of the model.");
        }
    }

    private static JsonDocument Parse(ITensorFile file, string where, string text)
    {
        try
        {
            return StrictJson.Parse(Encoding.UTF8.GetBytes(text), MaxDepth);
        }
        catch (FormatException exception)
        {
            throw new WeightException($"{Quoted.Name(where)} in {file.Path} {exception.Message}", exception);
        }
    }
}
