using System.Globalization;
using System.Text;

namespace CogVideoX.Models.T5;

// As the library tokenizers with what T5's tokenizer.json names: the normalizer Precompiled, WhitespaceSplit, Metaspace, Unigram; or, as
// transformers 4 converted spiece.model, Precompiled, Strip, Replace, Metaspace, Unigram: there words end at U+0020 alone
// (splitsAtAnySpace is false). Words are split into pieces one by one, with sums in double.
internal sealed class WordSplitter(CharacterMap map, UnigramSegmenter<double> segmenter, bool splitsAtAnySpace) : ITextSplitter
{
    // Longer graphemes are looked up character by character.
    private const int LongestGrapheme = 5;

    private static ReadOnlySpan<byte> Mark => "\u2581"u8;

    public void Split(ReadOnlySpan<byte> text, Segmentation segmentation)
    {
        using var normalized = new Utf8Builder(2 * text.Length);
        Normalize(text, normalized);
        using var marked = new Utf8Builder(2 * text.Length);
        if (splitsAtAnySpace)
            MarkWords(normalized.Written, marked);
        else
            MarkSpaces(normalized.Written, marked);
        ReadOnlySpan<byte> rest = marked.Written;
        while (!rest.IsEmpty)
        {
            int next = rest[Mark.Length..].IndexOf(Mark);
            int length = next < 0 ? rest.Length : Mark.Length + next;
            segmentation.Append(rest[..length], segmenter);
            rest = rest[length..];
        }
    }

    // A short grapheme is looked up as a whole; what stands in it behind the first key, such as an accent, vanishes (precompiled.rs).
    private void Normalize(ReadOnlySpan<byte> text, Utf8Builder output)
    {
        ReadOnlySpan<char> characters = Encoding.UTF8.GetString(text);
        while (!characters.IsEmpty)
        {
            int length = StringInfo.GetNextTextElementLength(characters);
            int bytes = Encoding.UTF8.GetByteCount(characters[..length]);
            ReadOnlySpan<byte> grapheme = text[..bytes];
            if (bytes <= LongestGrapheme && map.MatchFirst(grapheme, out ReadOnlySpan<byte> replacement))
                output.Append(replacement);
            else
                NormalizeCharacters(grapheme, output);
            characters = characters[length..];
            text = text[bytes..];
        }
    }

    private void NormalizeCharacters(ReadOnlySpan<byte> grapheme, Utf8Builder output)
    {
        while (!grapheme.IsEmpty)
        {
            Rune.DecodeFromUtf8(grapheme, out _, out int length);
            ReadOnlySpan<byte> character = grapheme[..length];
            output.Append(map.MatchFirst(character, out ReadOnlySpan<byte> replacement) ? replacement : character);
            grapheme = grapheme[length..];
        }
    }

    // Spaces go, and each word begins with a mark, as do the parts of a word that has marks of its own.
    private static void MarkWords(ReadOnlySpan<byte> text, Utf8Builder output)
    {
        bool inWord = false;
        int length;
        for (; !text.IsEmpty; text = text[length..])
        {
            Rune.DecodeFromUtf8(text, out Rune rune, out length);
            bool isSpace = Rune.IsWhiteSpace(rune);
            if (!isSpace)
            {
                if (!inWord && !text.StartsWith(Mark))
                    output.Append(Mark);
                output.Append(text[..length]);
            }
            inWord = !isSpace;
        }
    }

    // Spaces at the end go, any other run of U+0020 is one mark, and the text begins with one.
    private static void MarkSpaces(ReadOnlySpan<byte> text, Utf8Builder output)
    {
        text = AddedTokens.WithoutSpacesAtTheEnd(text);
        if (!text.IsEmpty && text[0] != ' ' && !text.StartsWith(Mark))
            output.Append(Mark);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != ' ')
                output.Append(text[i]);
            else if (i == 0 || text[i - 1] != ' ')
                output.Append(Mark);
        }
    }
}
