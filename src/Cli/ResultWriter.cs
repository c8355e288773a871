using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace CogVideoX.Cli;

/// <summary>Standard output: nothing on it steers a terminal, and a result that can't be written is an error.</summary>
internal sealed class ResultWriter(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    [AllowNull]
    public override string NewLine { get => inner.NewLine; set => inner.NewLine = value; }

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void Write(string? value)
    {
        if (value is not null)
            Try(() => inner.Write(Printable.Text(value)), value);
    }

    public override void WriteLine(string? value) => Try(() => inner.WriteLine(value is null ? null : Printable.Text(value)), value);

    public override void Flush() => Try(inner.Flush, null);

    private static void Try(Action write, string? text)
    {
        try
        {
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ResultException(text, exception);
        }
    }
}

/// <summary>A result couldn't be written on standard output.</summary>
/// <param name="text">What was to be written, so that a path isn't lost with the line that named it.</param>
/// <param name="inner">Why.</param>
internal sealed class ResultException(string? text, Exception inner)
    : IOException($"standard output can't be written to: {FileErrors.Reason(inner)}{Lost(text)}", inner)
{
    private const int Longest = 200;

    private static string Lost(string? text) => text?.Split('\n', 2)[0].Trim() switch
    {
        null or "" => ".",
        { Length: > Longest } line => $". This was lost: {line[..Longest]}…",
        { } line => $". This was lost: {line}",
    };
}
