using CogVideoX.Models.T5;
using CogVideoX.Pipelines.Hub;

namespace CogVideoX.Pipelines;

/// <summary>Prompts to token ids, as the text encoder of a checkpoint sees them. Safe for use from several threads.</summary>
internal sealed class PromptTokenizer
{
    private readonly T5Tokenizer tokenizer;

    private PromptTokenizer(T5Tokenizer tokenizer) => this.tokenizer = tokenizer;

    /// <param name="modelFolder">A checkpoint, whose folder <c>tokenizer</c> is read and nothing else.</param>
    /// <exception cref="ModelException">There is no tokenizer, or it isn't a unigram model.</exception>
    /// <exception cref="ArgumentException">The text can't be a path.</exception>
    public static PromptTokenizer Open(string modelFolder)
    {
        ArgumentNullException.ThrowIfNull(modelFolder);
        return PathCheck.Problem(modelFolder) is { } problem
            ? throw new ArgumentException(problem, nameof(modelFolder))
            : ModelException.Guard(() => new PromptTokenizer(T5Tokenizer.Load(Path.Combine(ModelPlace.Find(modelFolder), "tokenizer"))));
    }

    /// <summary>How many of a prompt's ids stand for text that no piece of the vocabulary covers.</summary>
    /// <param name="prompt">As for <see cref="Encode"/>.</param>
    /// <exception cref="ArgumentException">The text is longer.</exception>
    public int CountUnknown(string prompt) => tokenizer.Coverage(prompt).UnknownTokens;

    /// <summary>The ids of a prompt, T5's end included. Many prompts, one a line, are read by <see cref="PromptLine.Read"/>.</summary>
    /// <param name="prompt">Any text of at most a million characters (<see cref="T5Tokenizer.LongestText"/>).</param>
    /// <param name="length">Pads or cuts to so many ids; null for as many as there are.</param>
    /// <exception cref="ArgumentException">The text is longer.</exception>
    public int[] Encode(string prompt, int? length = null) =>
        length is { } size ? tokenizer.EncodePadded(prompt, size).Ids : tokenizer.Encode(prompt, addEos: true);
}
