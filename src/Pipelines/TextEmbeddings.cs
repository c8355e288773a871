using CogVideoX.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace CogVideoX.Pipelines;

/// <summary>
/// A prompt as the text encoder gives it, and a negative one where there is: kept by <see cref="GenerationFiles.SaveEmbeds"/>, or made
/// elsewhere, and given in place of a text (<see cref="GenerationRequest.Embeds"/>). With both the text encoder isn't loaded.
/// </summary>
public sealed class TextEmbeddings
{
    private readonly float[] prompt;
    private readonly float[]? negative;

    /// <param name="prompt">In row-major order; not copied.</param>
    /// <param name="negative">The same of the negative prompt, or null: then it is a text, the empty one unless another is given.</param>
    /// <param name="shape">[1, T, text width]</param>
    /// <exception cref="ArgumentException">Another rank or count of values, or numbers that aren't finite.</exception>
    public TextEmbeddings(float[] prompt, float[]? negative, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        if (shape.Rank != 3 || shape[0] != 1 || shape.Count != prompt.Length || prompt.Length == 0)
            throw new ArgumentException($"{prompt.Length} values {shape} are no embeddings; [1, T, text width] is needed.", nameof(shape));
        if (negative is not null && negative.Length != prompt.Length)
        {
            throw new ArgumentException(
                $"{negative.Length} values of the negative prompt beside {prompt.Length} of the prompt; as many are needed.",
                nameof(negative));
        }
        if (!TensorPrimitives.IsFiniteAll<float>(prompt) || (negative is not null && !TensorPrimitives.IsFiniteAll<float>(negative)))
            throw new ArgumentException("The embeddings hold NaN or infinity; give numbers that are finite.", nameof(prompt));
        (this.prompt, this.negative, Shape) = (prompt, negative, shape);
    }

    /// <summary>[1, T, text width], of each.</summary>
    public Shape Shape { get; }

    /// <summary>The prompt's, in row-major order.</summary>
    public ReadOnlySpan<float> Prompt => prompt;

    /// <summary>The negative prompt's; empty where <see cref="HasNegative"/> is false.</summary>
    public ReadOnlySpan<float> Negative => negative;

    /// <summary>Whether there are those of a negative prompt.</summary>
    public bool HasNegative => negative is not null;

    /// <summary>How many tokens long.</summary>
    public int Tokens => Shape[1];

    /// <summary>Reads a file that <see cref="GenerationFiles.SaveEmbeds"/> or <see cref="GenerationFiles.Trace"/> wrote.</summary>
    /// <param name="path">
    /// A safetensors file with <c>prompt_embeds</c> [1, T, text width], and <c>negative_prompt_embeds</c> of the same shape or without.
    /// </param>
    /// <exception cref="RequestException">No such file, or no such tensors in it, or numbers that aren't finite.</exception>
    public static TextEmbeddings Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return EmbedsFile.Read(nameof(path), path);
    }

    /// <summary>Whether a run needs no text encoder: the prompt's are enough where guidance is off.</summary>
    internal bool AreAllOf(GenerationSettings settings) => HasNegative || !settings.IsGuided;
}
