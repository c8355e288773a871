using System.Text;
using Spectre.Console;

namespace CogVideoX.Cli;

/// <summary>Standard error of a terminal, for Spectre.Console, which would take any writer but the console's own for a file.</summary>
internal sealed class DrawingOutput(TextWriter error) : IAnsiConsoleOutput
{
    private readonly AnsiConsoleOutput console = new(Console.Error);

    public TextWriter Writer => error;

    public bool IsTerminal => console.IsTerminal;

    public int Width => console.Width;

    public int Height => console.Height;

    public void SetEncoding(Encoding encoding) => console.SetEncoding(encoding);
}
