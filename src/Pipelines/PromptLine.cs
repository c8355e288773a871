using System.Text;
using CogVideoX.Models.T5;

namespace CogVideoX.Pipelines;

/// <summary>A line of a file of prompts: its text, or what is wrong with it.</summary>
/// <param name="Number">Its number; the first is 1.</param>
/// <param name="Text">The prompt, which may be empty; null where there is a problem.</param>
/// <param name="Problem">Why the line can't be read, such as <c>byte 7 isn't UTF-8 text</c>; null where it can.</param>
internal sealed record PromptLine(int Number, string? Text, string? Problem)
{
    private const int LongestLine = (3 * T5Tokenizer.LongestText) + 4; // bytes, with the mark and a CR

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static ReadOnlySpan<byte> Mark => "\uFEFF"u8;

    /// <summary>
    /// The lines of UTF-8 text, each as soon as it is read: a line that can't be read doesn't keep those after it. Lines end with LF or
    /// CR LF; a byte order mark at the start is no part of the first.
    /// </summary>
    /// <exception cref="IOException">The stream can't be read.</exception>
    public static IEnumerable<PromptLine> Read(Stream utf8)
    {
        ArgumentNullException.ThrowIfNull(utf8);
        return ReadLines(utf8);
    }

    private static IEnumerable<PromptLine> ReadLines(Stream utf8)
    {
        var reader = new ByteLineReader(utf8, LongestLine);
        for (int number = 1; reader.Next(); number++)
            yield return Parse(number, reader);
    }

    private static PromptLine Parse(int number, ByteLineReader reader)
    {
        ReadOnlySpan<byte> bytes = reader.Line;
        int skipped = number == 1 && bytes.StartsWith(Mark) ? Mark.Length : 0;
        try
        {
            string text = reader.IsCut ? "" : Strict.GetString(bytes[skipped..]);
            return reader.IsCut || text.Length > T5Tokenizer.LongestText
                ? new PromptLine(number, null, $"it is longer than {T5Tokenizer.LongestText} characters")
                : new PromptLine(number, text, null);
        }
        catch (DecoderFallbackException exception)
        {
            return new PromptLine(number, null, $"byte {skipped + exception.Index + 1} isn't UTF-8 text");
        }
    }
}
