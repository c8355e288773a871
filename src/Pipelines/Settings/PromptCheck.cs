namespace CogVideoX.Pipelines;

/// <summary>Whether a prompt is text at all. Its length in tokens is another matter: what is too long is cut, with a warning.</summary>
internal static class PromptCheck
{
    private const int LargestLength = 100_000; // characters; the longest prompt that any model reads whole has some 1,000

    /// <exception cref="RequestException">Empty, not text, or absurdly long.</exception>
    public static void Check(string? prompt, string property, bool mayBeEmpty)
    {
        if (prompt is null)
            throw new RequestException(property, "it is null; the empty text is the least that it can be.");
        if (!mayBeEmpty && string.IsNullOrWhiteSpace(prompt))
        {
            throw new RequestException(
                property, "the prompt is empty; say what the video shows, such as \"a red circle moving left on a gray background\".");
        }
        if (prompt.Length > LargestLength)
        {
            throw new RequestException(
                property,
                $"{prompt.Length} characters are no prompt; at most {LargestLength} are taken, and models read some hundred words.");
        }
        for (int i = 0; i < prompt.Length; i++)
        {
            char c = prompt[i];
            if (i + 1 < prompt.Length && char.IsSurrogatePair(c, prompt[i + 1]))
                i++;
            else if (char.IsSurrogate(c) || (char.IsControl(c) && c is not ('\t' or '\n' or '\r')))
                throw new RequestException(property, $"character {i + 1} is U+{(int)c:X4}, which isn't text; was another file given?");
        }
    }
}
