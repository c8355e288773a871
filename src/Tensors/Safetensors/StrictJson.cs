using System.Text.Json;
using System.Text.Unicode;
using CogVideoX.Tensors.Files;

namespace CogVideoX.Tensors.Safetensors;

/// <summary>
/// JSON of unknown origin, checked as a whole before a value is read: it is UTF-8, every text in it can be read, and no name stands
/// twice in an object. A byte order mark is skipped. What is wrong is told as the rest of a sentence that begins with the file's name.
/// </summary>
internal static class StrictJson
{
    private static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxBytes">The longest that such a file may sensibly be.</param>
    /// <param name="maxDepth">How deep objects and lists may be nested.</param>
    /// <exception cref="FormatException">It can't be read or isn't such JSON: "doesn't exist. …", "isn't valid JSON: …".</exception>
    public static JsonDocument Read(string path, long maxBytes, int maxDepth)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            if (FileStatus.OtherThanFile(path) is { } other)
                throw new FormatException($"is {other}; a file is needed here.");
            long length = FileLength.Of(path);
            if (length == 0)
                throw new FormatException("is empty (0 bytes). Download it again.");
            if (length > maxBytes)
                throw new FormatException($"has {length} bytes; such a file has at most {maxBytes}. Download it again.");
            return Parse(File.ReadAllBytes(path), maxDepth);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            const string Missing = "doesn't exist. Check the path, or download the model again.";
            throw new FormatException(Directory.Exists(path) ? "is a folder; a file is needed here." : Missing, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new FormatException($"can't be read: {Quoted.Line(exception.Message)}", exception);
        }
    }

    /// <summary>Reads bytes.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="maxDepth">How deep objects and lists may be nested.</param>
    /// <exception cref="FormatException">They aren't such JSON.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, int maxDepth)
    {
        if (utf8.Span.StartsWith(ByteOrderMark))
            utf8 = utf8[ByteOrderMark.Length..];
        if (ForeignFile.RecogniseStub(utf8.Span) is string foreign)
            throw new FormatException($"is {foreign}");
        if (!Utf8.IsValid(utf8.Span))
            throw new FormatException($"isn't UTF-8 text{NotUtf8(utf8.Span)}. Download it again, or save it as UTF-8.");
        try
        {
            CheckTexts(utf8.Span, maxDepth);
            return JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = maxDepth, AllowDuplicateProperties = false });
        }
        catch (JsonException exception)
        {
            string place = exception.LineNumber is { } line ? $" (line {line + 1})" : "";
            string problem = Describe(exception) + place;
            throw new FormatException($"isn't valid JSON: {problem}. Download it again.", exception);
        }
    }

    /// <summary>The text or name that a reader is at; null where an escape stands for half of a character (a lone surrogate).</summary>
    internal static string? TextOf(ref Utf8JsonReader json)
    {
        try
        {
            return json.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>What a parser says, without what follows it for programmers.</summary>
    internal static string Describe(JsonException exception)
    {
        string text = exception.Message;
        foreach (string tail in new[] { " Path: ", " LineNumber: " })
        {
            int end = text.IndexOf(tail, StringComparison.Ordinal);
            text = end < 0 ? text : text[..end];
        }
        return Quoted.Line(text, 300).TrimEnd('.');
    }

    private static void CheckTexts(ReadOnlySpan<byte> utf8, int maxDepth)
    {
        var json = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = maxDepth });
        while (json.Read())
        {
            bool isText = json.TokenType is JsonTokenType.PropertyName or JsonTokenType.String;
            if (isText && json.ValueIsEscaped && TextOf(ref json) is null)
            {
                string text = Quoted.Json(json.ValueSpan);
                throw new FormatException($"isn't valid JSON: {text} holds half of a character (a lone surrogate). Download it again.");
            }
        }
    }

    private static string NotUtf8(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || text.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            return " but UTF-16";
        int start = 0;
        while (System.Text.Rune.DecodeFromUtf8(text[start..], out _, out int length) == System.Buffers.OperationStatus.Done)
            start += length;
        return $" (byte {start} is 0x{text[start]:X2})";
    }
}
