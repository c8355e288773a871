using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace CogVideoX.Cli;

/// <summary>Standard error: a message that can't be written is lost, and the run goes on.</summary>
internal sealed class MessageWriter(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    [AllowNull]
    public override string NewLine { get => inner.NewLine; set => inner.NewLine = value; }

    public override void Write(char value) => Try(() => inner.Write(value));

    public override void Write(string? value) => Try(() => inner.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));

    public override void Flush() => Try(inner.Flush);

    // No space left, the terminal is gone, …
    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }
}
