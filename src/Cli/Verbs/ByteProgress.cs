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
            write(new ByteBar(context.AddTask("writing"), line));
            return true;
        });
    }
}
