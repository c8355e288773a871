using System.Buffers;
using System.Text;

namespace CogVideoX.Models.T5;

// Finds added tokens in a text, the longest at each place from the left (added_vocabulary.rs of the library tokenizers, and the trie of
// transformers' slow tokenizers). What lies between them is split as if each part were a text.
internal sealed class AddedTokens
{
    private readonly AddedToken[] tokens;
    private readonly PieceTrie contents;

    public AddedTokens(IEnumerable<AddedToken> tokens)
    {
        this.tokens = [.. tokens];
        contents = new PieceTrie(this.tokens.Select((token, i) => KeyValuePair.Create(Encoding.UTF8.GetBytes(token.Content), i)));
    }

    // Puts the pieces of a text, as UTF-8, behind those that are there.
    public void Split(ReadOnlySpan<byte> text, ITextSplitter splitter, Segmentation segmentation)
    {
        int from = 0;
        for (int at = 0; tokens.Length > 0 && at < text.Length;)
        {
            int length = contents.LongestMatch(text[at..], out int token);
            if (length == 0)
            {
                at++;
                continue;
            }
            ReadOnlySpan<byte> before = text[from..at];
            if (tokens[token].TakesLeft)
                before = WithoutSpacesAtTheEnd(before);
            if (!before.IsEmpty)
                splitter.Split(before, segmentation);
            segmentation.Append(tokens[token].Id, text.Slice(at, length));
            at += length;
            if (tokens[token].TakesRight)
                at = text.Length - WithoutSpacesAtTheStart(text[at..]).Length;
            from = at;
        }
        if (from < text.Length)
            splitter.Split(text[from..], segmentation);
    }

    public static ReadOnlySpan<byte> WithoutSpacesAtTheEnd(ReadOnlySpan<byte> text)
    {
        while (Rune.DecodeLastFromUtf8(text, out Rune last, out int length) == OperationStatus.Done && Rune.IsWhiteSpace(last))
            text = text[..^length];
        return text;
    }

    private static ReadOnlySpan<byte> WithoutSpacesAtTheStart(ReadOnlySpan<byte> text)
    {
        while (Rune.DecodeFromUtf8(text, out Rune first, out int length) == OperationStatus.Done && Rune.IsWhiteSpace(first))
            text = text[length..];
        return text;
    }
}
