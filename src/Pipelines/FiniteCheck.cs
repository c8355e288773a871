using CogVideoX.Models.Configuration;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>Whether a stage's numbers are numbers.</summary>
internal static class FiniteCheck
{
    /// <summary>Why they may not be, as a sentence.</summary>
    public const string Reason = "The weights are damaged, or they were saved in a type too narrow for them.";

    /// <summary>The same where the model computed with what the request gave.</summary>
    public static string ReasonOf(RunState state)
    {
        if (state.Ops.ActivationType == DType.F16)
            return InF16(state.Model.Folder.Transformer);
        string[] given =
        [
            .. state.Model.Loras.Adapters.Count > 0 ? ["LoRAs"] : Array.Empty<string>(),
            .. state.Text is not null ? ["embeddings"] : Array.Empty<string>(),
            .. state.Start is not null ? ["latents"] : Array.Empty<string>(),
        ];
        return given.Length == 0
            ? Reason
            : $"The {string.Join(" or ", given)} that were given are too large or scaled by too much, or the weights are damaged.";
    }

    // The 2b was trained in fp16, the others in bf16.
    internal static string InF16(TransformerConfig config)
    {
        string bf16 = $"compute in bf16 ({nameof(ComputeOptions)}.{nameof(ComputeOptions.Compute)})";
        return ReleasedModels.NameOf(config) is { } name && !name.EndsWith("2b", StringComparison.Ordinal)
            ? $"Activations in fp16 end at 65504, and {name} was trained in bf16, which goes further: {bf16}."
            : $"Activations in fp16 end at 65504: {bf16}. If it is no better there, the weights are damaged.";
    }

    /// <exception cref="GenerationException">NaN or infinity in it.</exception>
    public static void Check(Ops ops, Tensor tensor, string what)
    {
        if (!ops.AllFinite(tensor))
            throw new GenerationException($"NaN or infinity in {what}. {Reason}");
    }
}
