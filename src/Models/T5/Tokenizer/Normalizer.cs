using System.Buffers;
using System.Text;

namespace CogVideoX.Models.T5;

// Text to the form that pieces are found in (sentencepiece, normalizer.cc): characters replaced by the character map,
// runs of spaces made one, a space put in front, spaces written as U+2581. User-defined symbols pass as they are.
internal sealed class Normalizer(NormalizerSpec spec, bool spaceAtEnd, PieceTrie? userDefined)
{
    private static ReadOnlySpan<byte> EscapedSpace => "\u2581"u8;

    private static ReadOnlySpan<byte> ReplacementCharacter => "\uFFFD"u8;

    private ReadOnlySpan<byte> Space => spec.EscapeWhitespaces ? EscapedSpace : " "u8;

    // Of UTF-8. The caller disposes of the result.
    public Utf8Builder Normalize(ReadOnlySpan<byte> text)
    {
        var output = new Utf8Builder(text.Length + (text.Length / 2) + EscapedSpace.Length);
        Normalize(text, output);
        return output;
    }

    private void Normalize(ReadOnlySpan<byte> text, Utf8Builder output)
    {
        if (spec.RemoveExtraWhitespaces)
            text = SkipSpaces(text);
        if (text.IsEmpty)
            return;

        if (spec.AddDummyPrefix && !spaceAtEnd)
            output.Append(Space);
        AppendAll(text, output);
        if (spec.RemoveExtraWhitespaces)
            output.TrimEnd(Space);
        if (spec.AddDummyPrefix && spaceAtEnd)
            output.Append(Space);
    }

    private ReadOnlySpan<byte> SkipSpaces(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty && Next(text, out int consumed) is [(byte)' '])
            text = text[consumed..];
        return text;
    }

    private void AppendAll(ReadOnlySpan<byte> text, Utf8Builder output)
    {
        bool afterSpace = spec.RemoveExtraWhitespaces;
        while (!text.IsEmpty)
        {
            ReadOnlySpan<byte> replaced = Next(text, out int consumed);
            text = text[consumed..];
            if (afterSpace)
                replaced = replaced.TrimStart((byte)' ');
            if (replaced.IsEmpty)
                continue;
            AppendEscaped(replaced, output);
            afterSpace = spec.RemoveExtraWhitespaces && replaced[^1] == ' ';
        }
    }

    private void AppendEscaped(ReadOnlySpan<byte> bytes, Utf8Builder output)
    {
        foreach (byte value in bytes)
        {
            if (value == ' ')
                output.Append(Space);
            else
                output.Append(value);
        }
    }

    // What the text's first character, or longest replaceable sequence of characters, becomes.
    private ReadOnlySpan<byte> Next(ReadOnlySpan<byte> text, out int consumed)
    {
        if (userDefined is not null && (consumed = userDefined.LongestMatch(text)) > 0)
            return text[..consumed];
        if (spec.CharacterMap is { } map && (consumed = map.Match(text, out ReadOnlySpan<byte> replacement)) > 0)
            return replacement;
        if (Rune.DecodeFromUtf8(text, out _, out consumed) == OperationStatus.Done)
            return text[..consumed];

        // Only a map whose keys end inside a character leads here.
        consumed = 1;
        return ReplacementCharacter;
    }
}
