using System.Text;

namespace CogVideoX.Cli;

/// <summary>A stream that isn't there.</summary>
internal sealed class ClosedWriter : TextWriter
{
    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => throw new IOException("it is closed");
}
