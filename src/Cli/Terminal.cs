using Spectre.Console;

namespace CogVideoX.Cli;

/// <summary>Results on standard output, messages and progress on standard error.</summary>
internal sealed class Terminal(TextWriter output, TextWriter error)
{
    public TextWriter Output => output;

    /// <summary>Progress is drawn only where a person looks.</summary>
    public bool ShowsProgress { get; } = ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected;

    /// <summary>Standard error with colours and moving parts.</summary>
    public IAnsiConsole Drawing { get; } = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });

    public void Say(string message) => error.WriteLine(message);

    public void Warn(string message) => error.WriteLine($"warning: {message}");
}
