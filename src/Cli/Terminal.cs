using System.Text;
using Spectre.Console;

namespace CogVideoX.Cli;

/// <summary>Results on standard output, messages and progress on standard error. Neither lets through what steers a terminal.</summary>
internal sealed class Terminal
{
    private const string ShowCursor = "\u001B[?25h";

    private readonly MessageWriter error;
    private readonly Lazy<IAnsiConsole> drawing;
    private volatile bool isDrawing;

    /// <param name="output">Where results go.</param>
    /// <param name="error">Where messages go.</param>
    /// <param name="showsProgress">Whether a person looks at them.</param>
    public Terminal(TextWriter output, TextWriter error, bool showsProgress = false)
    {
        Output = new ResultWriter(output);
        this.error = new MessageWriter(error);
        ShowsProgress = showsProgress;
        drawing = new(() => AnsiConsole.Create(
            new AnsiConsoleSettings { Out = new DrawingOutput(this.error), Ansi = Ansi(), Interactive = InteractionSupport.Yes }));
    }

    public TextWriter Output { get; }

    /// <summary>Progress is drawn only where a person looks.</summary>
    public bool ShowsProgress { get; }

    /// <summary>That of the process.</summary>
    public static Terminal OfProcess() =>
        new(StandardStreams.OpenOutput(), StandardStreams.OpenError(), StandardStreams.IsErrorOpen && !Console.IsErrorRedirected);

    /// <summary>One line, whatever the message holds.</summary>
    public void Say(string message)
    {
        string line = Printable.Line(message);
        if (isDrawing)
            drawing.Value.WriteLine(line); // above the bars
        else
            error.WriteLine(line);
    }

    public void Warn(string message) => Say($"warning: {message}");

    /// <summary>Several lines, such as the trace of a bug.</summary>
    public void SayAtLength(string text) => error.WriteLine(Printable.Text(text));

    /// <summary>Draws bars on standard error while the work is on.</summary>
    public T Draw<T>(ProgressColumn[] columns, Func<ProgressContext, T> work)
    {
        isDrawing = true;
        try
        {
            return drawing.Value.Progress().AutoClear(true).Columns(columns).Start(work);
        }
        finally
        {
            isDrawing = false;
        }
    }

    // Left to itself, the library looks at standard output, which may go to a pipe while bars are drawn on standard error.
    private static AnsiSupport Ansi() => OperatingSystem.IsWindows() ? AnsiSupport.Detect
        : Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb" ? AnsiSupport.No : AnsiSupport.Yes;

    /// <summary>Leaves the terminal as it was, if the program ends while bars are drawn.</summary>
    public void StopDrawing()
    {
        if (isDrawing)
            error.Write(ShowCursor);
    }

    /// <summary>Standard error of a terminal, for Spectre.Console, which would take any writer but the console's own for a file.</summary>
    private sealed class DrawingOutput(TextWriter error) : IAnsiConsoleOutput
    {
        private readonly AnsiConsoleOutput console = new(Console.Error);

        public TextWriter Writer => error;

        public bool IsTerminal => console.IsTerminal;

        public int Width => console.Width;

        public int Height => console.Height;

        public void SetEncoding(Encoding encoding) => console.SetEncoding(encoding);
    }
}
