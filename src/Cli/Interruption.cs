using System.Runtime.InteropServices;

namespace CogVideoX.Cli;

/// <summary>
/// Ctrl-C and its kin. The first signal is answered at once and asks the run to stop, which saves what it was asked to save; the second
/// ends the program. What doesn't watch the token has nothing to save, and is ended by the first.
/// </summary>
internal sealed class Interruption : IDisposable
{
    // A run that is on its way out removes its temporary files in this time.
    private static readonly TimeSpan TimeToCleanUp = TimeSpan.FromSeconds(0.5);

    private readonly Terminal terminal;
    private readonly CancellationTokenSource source = new();
    private readonly ManualResetEventSlim ended = new();
    private readonly PosixSignalRegistration[] registrations;
    private int signals;
    private volatile bool runStops;

    public Interruption(Terminal terminal)
    {
        this.terminal = terminal;
        PosixSignal[] handled = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];
        registrations = [.. handled.Select(signal => PosixSignalRegistration.Create(signal, OnSignal))];
    }

    /// <summary>Runs what watches its token.</summary>
    public async Task<int> RunAsync(Func<CancellationToken, Task<int>> run)
    {
        runStops = true;
        try
        {
            return await run(source.Token);
        }
        finally
        {
            ended.Set();
        }
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in registrations)
            registration.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        bool first = Interlocked.Increment(ref signals) == 1;
        if (first && runStops)
        {
            terminal.Say("cogvideox: stopping… (once more ends it at once)");
            source.Cancel();
        }
        else if (first)
        {
            terminal.Say("cogvideox: Cancelled.");
            Environment.Exit(ExitCode.Interrupted);
        }
        else if (context.Signal != PosixSignal.SIGHUP && !ended.Wait(TimeToCleanUp)) // the kernel and the shell each send SIGHUP
        {
            terminal.StopDrawing();
            Environment.Exit(ExitCode.Interrupted);
        }
    }
}
