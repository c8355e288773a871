using CogVideoX.Models.Configuration;

namespace CogVideoX.Pipelines;

/// <summary>Embeddings in place of a text: either one or the other, of the model's width and of a length that it takes.</summary>
internal static class TextInputs
{
    /// <summary>The request with the length of its embeddings, where it has some.</summary>
    /// <exception cref="RequestException">A text beside them, or others than the model takes.</exception>
    public static GenerationRequest Settle(GenerationRequest request, ModelFolder folder)
    {
        if (request.GivenText is not { } text)
            return request;
        if (request.Prompt is { Length: > 0 })
            throw new RequestException(nameof(request.Prompt), "embeddings of a prompt are given, too; leave one of the two out.");
        if (text.HasNegative && request.NegativePrompt is { Length: > 0 })
        {
            throw new RequestException(
                nameof(request.NegativePrompt), "embeddings of a negative prompt are given, too; leave one of the two out.");
        }
        if (text.Shape[2] != folder.Transformer.TextWidth)
        {
            throw new RequestException(
                nameof(request.Embeds), $"they are {text.Shape}, and this model takes [1, T, {folder.Transformer.TextWidth}].");
        }
        if (request.MaxSequenceLength is { } length && length != text.Tokens)
        {
            throw new RequestException(
                nameof(request.MaxSequenceLength), $"the embeddings that are given are of {text.Tokens} tokens; leave it out.");
        }
        SizeRules.CheckTokens(nameof(request.Embeds), text.Tokens, folder);
        return request with { Prompt = "", MaxSequenceLength = text.Tokens };
    }
}
