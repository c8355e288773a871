using CogVideoX.Tensors;

namespace CogVideoX.Pipelines.Conversion;

/// <summary>Layouts that weights are written in.</summary>
internal enum ConversionForm
{
    /// <summary>Hugging Face's: a folder, or a safetensors file with its names.</summary>
    HuggingFace,

    /// <summary>A transformer alone, under ComfyUI's names.</summary>
    Single,

    /// <summary>The same with matrices of 8-bit floats.</summary>
    Fp8,

    /// <summary>A GGUF file of a transformer.</summary>
    Gguf,
}

/// <summary>What a conversion makes.</summary>
/// <param name="Form">The layout.</param>
/// <param name="Type">That of matrices in a GGUF file; F32 elsewhere, where it says nothing.</param>
internal sealed record ConversionTarget(ConversionForm Form, DType Type)
{
    /// <summary>All, as they are written on a command line.</summary>
    public const string Names = $"hf|{OneFileNames}";

    /// <summary>Those that are one file of a transformer.</summary>
    public const string OneFileNames = "single|fp8|gguf:TYPE";

    private const string GgufPrefix = "gguf:";

    /// <summary>What <see cref="Parse"/> makes of <c>hf</c>.</summary>
    public static ConversionTarget HuggingFace { get; } = new(ConversionForm.HuggingFace, DType.F32);

    /// <summary>The types of matrices that GGUF files are written in.</summary>
    public static IReadOnlyList<DType> GgufTypes { get; } = [DType.F16, DType.BF16, DType.Q8Blocks32, DType.Q4Blocks32];

    /// <summary>Reads one of <see cref="Names"/>; types in any letters.</summary>
    /// <exception cref="RequestException">Another text; it names those that there are.</exception>
    public static ConversionTarget Parse(string text)
    {
        ConversionForm? form = text switch
        {
            "hf" => ConversionForm.HuggingFace,
            "single" => ConversionForm.Single,
            "fp8" => ConversionForm.Fp8,
            _ => null,
        };
        if (form is { } plain)
            return new ConversionTarget(plain, DType.F32);
        string types = string.Join(", ", GgufTypes);
        if (!text.StartsWith(GgufPrefix, StringComparison.Ordinal))
        {
            throw new RequestException(
                nameof(ConversionRequest.To), $"'{text}' can't be; choose hf, single, fp8 or gguf:TYPE, where TYPE is one of {types}.");
        }
        string name = text[GgufPrefix.Length..];
        int index = GgufTypes.ToList().FindIndex(type => type.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return index >= 0
            ? new ConversionTarget(ConversionForm.Gguf, GgufTypes[index])
            : throw new RequestException(nameof(ConversionRequest.To), $"GGUF files are written in {types}, not in '{name}'.");
    }
}
