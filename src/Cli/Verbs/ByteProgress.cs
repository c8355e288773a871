using Spectre.Console;

namespace CogVideoX.Cli.Verbs;

/// <summary>A bar for bytes that are written.</summary>
internal static class ByteProgress
{
    /// <summary>Does the work, under a bar where a person looks.</summary>
    /// <param name="terminal">Where the bar is drawn.</param>
    /// <param name="write">The work, which reports the bytes written and the bytes in all to what it is given; null for nobody.</param>
    public static void Show(Terminal terminal, Action<IProgress<(long Done, long Total)>?> write)
    {
        if (!terminal.ShowsProgress)
        {
            write(null);
            return;
        }
        var line = new ProgressLine();
        terminal.Draw([line], context =>
        {
            write(new Bar(context.AddTask("writing"), line));
            return true;
        });
    }

    private sealed class Bar(ProgressTask task, ProgressLine line) : IProgress<(long Done, long Total)>
    {
        public void Report((long Done, long Total) value)
        {
            task.MaxValue = value.Total;
            task.Value = value.Done;
            line.Set(task, FormattableString.Invariant($"{value.Done / 1e9:F2} of {value.Total / 1e9:F2} GB"));
        }
    }
}
