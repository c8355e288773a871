using CogVideoX.Tensors;

namespace CogVideoX.Pipelines.Conversion;

/// <summary>What is to be converted, and to what.</summary>
/// <param name="Input">A file or folder of any layout that is known.</param>
/// <param name="Output">A folder, or a file that ends in <c>.safetensors</c> or <c>.gguf</c>.</param>
internal sealed record ConversionRequest(string Input, string Output)
{
    /// <summary>The name in the metadata of GGUF files where no other is asked for.</summary>
    public const string DefaultArchitecture = "cogvideox";

    /// <summary>The layout.</summary>
    public ConversionTarget To { get; init; } = ConversionTarget.HuggingFace;

    /// <summary>The type of all numbers; null to keep each tensor's own, where 8-bit floats and quantised blocks become BF16.</summary>
    public DType? Dtype { get; init; }

    /// <summary><c>general.architecture</c> of a GGUF file; null for <see cref="DefaultArchitecture"/>.</summary>
    public string? Architecture { get; init; }

    /// <summary>The <c>config.json</c> of a part that has none; null where it has one, or its shapes tell.</summary>
    public string? Config { get; init; }

    /// <summary>Whether a file that exists is replaced.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Whether a short run with the written transformer is compared with one of the model that was read.</summary>
    public bool Psnr { get; init; }

    /// <summary>Weights of more bytes are written in several files; as decimal as Hugging Face's <c>5GB</c>.</summary>
    public long ShardBytes { get; init; } = 5_000_000_000;

    /// <summary>Whether the output is one file.</summary>
    public bool IsFile => IsSafetensors || IsGguf;

    private bool IsSafetensors => HasEnding(".safetensors");

    private bool IsGguf => HasEnding(".gguf");

    /// <exception cref="RequestException">Two of these don't go together.</exception>
    public void Check()
    {
        PathCheck.Check(nameof(Input), Input);
        PathCheck.Check(nameof(Output), Output);
        if (Architecture is not null && To.Form != ConversionForm.Gguf)
            throw new RequestException(nameof(Architecture), "GGUF files have such a name alone; leave it out.");
        if (Architecture is { } name && string.IsNullOrWhiteSpace(name))
            throw new RequestException(nameof(Architecture), $"it is empty; give a name, such as {DefaultArchitecture}.");
        if (Dtype is not null && To.Form is ConversionForm.Fp8 or ConversionForm.Gguf)
            throw new RequestException(nameof(Dtype), "this layout says the types itself; leave it out.");
        string? right = To.Form switch
        {
            ConversionForm.HuggingFace => IsGguf ? "Hugging Face's layout is a folder or a .safetensors file" : null,
            ConversionForm.Gguf => IsGguf ? null : "a GGUF file ends in .gguf",
            _ => IsSafetensors ? null : "this layout is a file that ends in .safetensors",
        };
        if (right is not null)
            throw new RequestException(nameof(Output), $"{Output}: {right}; name such a one.");
    }

    private bool HasEnding(string ending) => Output.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
}
