namespace CogVideoX.Models.T5;

/// <summary>
/// How well a vocabulary covers a text. Words are runs of letters and digits, and of characters that no piece covers; they are normalized
/// and listed once each, in order.
/// </summary>
/// <param name="Tokens">How many ids the text has, without <c>&lt;/s&gt;</c>.</param>
/// <param name="UnknownTokens">How many of them are the unknown id, or the bytes that stand for it.</param>
/// <param name="Words">The words of the text.</param>
/// <param name="UnknownWords">Those with characters that no piece covers: the text encoder can't tell them apart.</param>
public sealed record VocabularyCoverage(int Tokens, int UnknownTokens, IReadOnlyList<string> Words, IReadOnlyList<string> UnknownWords)
{
    /// <summary>
    /// The words that aren't among some, upper or lower case. Where a small vocabulary has all letters, no token is unknown and every word
    /// falls apart into letters, known or not; then only a list of the words that the model was trained on tells which it knows.
    /// </summary>
    public IReadOnlyList<string> WordsOutside(IEnumerable<string> known)
    {
        HashSet<string> set = new(known, StringComparer.OrdinalIgnoreCase);
        return [.. Words.Where(word => !set.Contains(word))];
    }
}
