using System.CommandLine;
using System.Text;
using CogVideoX.Pipelines;

namespace CogVideoX.Cli.Verbs;

/// <summary>Where the prompts of a <c>generate</c> command come from: the command line, a file, or standard input.</summary>
internal static class PromptSource
{
    /// <summary>What stands for standard input.</summary>
    public const string StandardInput = "-";

    private const int LongestInput = 16 << 20; // bytes; 10,000 long prompts

    /// <returns>The prompts; with the line that each is from, where they come one a line.</returns>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">Its options.</param>
    /// <param name="fallback">The prompt where none is given: of the video that is repeated, or empty.</param>
    public static (string Text, int? Line)[] Read(ParseResult parsed, GenerateOptions options, string fallback)
    {
        string? prompt = parsed.GetValue(options.Prompt), file = parsed.GetValue(options.PromptFile);
        if (file is null)
            return [(prompt == StandardInput ? ReadAll("prompt", StandardInput).TrimEnd('\r', '\n') : prompt ?? fallback, null)];
        if (prompt is not null)
            throw new UsageException("--prompt-file", "give either a prompt or a file of prompts, not both.");
        (string Text, int? Line)[] prompts = [.. ReadAll("--prompt-file", file).Split('\n')
            .Select((text, index) => (text.TrimEnd('\r'), (int?)index + 1)).Where(line => !string.IsNullOrWhiteSpace(line.Item1))];
        return prompts.Length > 0
            ? prompts
            : throw new UsageException("--prompt-file", $"{NameOf(file)} holds no prompt; write one a line.");
    }

    private static string ReadAll(string option, string path)
    {
        if (path != StandardInput && Directory.Exists(path))
            throw new UsageException(option, $"{path} is a folder; name a text file with one prompt a line.");
        try
        {
            using Stream stream = path == StandardInput ? StandardStreams.OpenInput() : File.OpenRead(path);
            return Decode(option, path, ReadBytes(option, path, stream));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UsageException(option, $"{path} doesn't exist; name a text file with one prompt a line.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(option, $"{NameOf(path)} can't be read: {exception.Message}", exception);
        }
    }

    private static byte[] ReadBytes(string option, string path, Stream stream)
    {
        using var bytes = new MemoryStream();
        var chunk = new byte[1 << 16];
        for (int read; (read = stream.Read(chunk)) > 0;)
        {
            bytes.Write(chunk, 0, read);
            if (bytes.Length > LongestInput)
                throw new UsageException(option, $"{NameOf(path)} has more than {ByteSize.ToText(LongestInput)}; is it a file of prompts?");
        }
        return bytes.ToArray();
    }

    private static string Decode(string option, string path, byte[] bytes)
    {
        ReadOnlySpan<byte> text = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(Encoding.UTF8.Preamble.Length) : bytes;
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(text);
        }
        catch (DecoderFallbackException exception)
        {
            int line = 1 + text[..Math.Clamp(exception.Index, 0, text.Length)].Count((byte)'\n');
            throw new UsageException(
                option, $"{NameOf(path)} isn't UTF-8 text: line {line} has a byte that no character begins or goes on with.", exception);
        }
    }

    private static string NameOf(string path) => path == StandardInput ? "standard input" : path;
}
