using System.Globalization;
using System.Text;

namespace CogVideoX.Models.T5;

// Gathers the words of a segmentation, and which of them hold characters that no piece covers.
internal sealed class CoverageCounter(SentencePieceModel model)
{
    private readonly OrderedDictionary<string, bool> unknownByWord = [];
    private readonly StringBuilder word = new();
    private bool isUnknown;

    public VocabularyCoverage Count(Segmentation segmentation)
    {
        int unknownTokens = 0;
        foreach (Segment segment in segmentation.Segments)
            unknownTokens += IsUnknown(segment) ? 1 : 0;
        GatherWords(segmentation);
        string[] unknownWords = [.. unknownByWord.Where(pair => pair.Value).Select(pair => pair.Key)];
        return new VocabularyCoverage(segmentation.Segments.Length, unknownTokens, [.. unknownByWord.Keys], unknownWords);
    }

    // Character by character: a segment may be a part of one, a byte, or of several words.
    private void GatherWords(Segmentation segmentation)
    {
        ReadOnlySpan<byte> text = segmentation.Text;
        ReadOnlySpan<Segment> rest = segmentation.Segments;
        int length;
        for (int at = 0; at < text.Length; at += length)
        {
            Rune.DecodeFromUtf8(text[at..], out Rune rune, out length);
            while (rest[0].Start + rest[0].Length <= at)
                rest = rest[1..];
            Add(rune, IsUnknown(rest[0]));
        }

        EndWord();
    }

    private void Add(Rune rune, bool unknown)
    {
        if (!unknown && !BelongsToWord(rune))
        {
            EndWord();
            return;
        }

        word.Append(rune.ToString());
        isUnknown |= unknown;
    }

    private void EndWord()
    {
        if (word.Length > 0)
            unknownByWord.TryAdd(word.ToString(), isUnknown);
        word.Clear();
        isUnknown = false;
    }

    private bool IsUnknown(Segment segment) => model.Pieces[segment.Id].Type is PieceType.Unknown or PieceType.Byte;

    private static bool BelongsToWord(Rune rune) => Rune.IsLetterOrDigit(rune)
        || Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
}
