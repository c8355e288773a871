namespace CogVideoX.Pipelines;

/// <summary>
/// Lets one run at a time use what a pipeline owns, since tensors of two runs must not share the scopes of one memory. Disposing it
/// cancels the run that is on, waits for its end, and gives back what is owned.
/// </summary>
/// <param name="owner">The class that users see, for errors.</param>
/// <param name="release">Gives back what is owned; called once.</param>
internal sealed class ExclusiveUse(Type owner, Action release) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly CancellationTokenSource ending = new();
    private int disposed;
    private int runner; // the managed thread that runs now, or 0
    private bool endsWithRun;

    /// <summary>Waits for its turn, and runs.</summary>
    /// <param name="work">Gets a token that is cancelled by the caller's and by <see cref="Dispose"/>.</param>
    /// <param name="cancellation">The caller's; ends the waiting too.</param>
    /// <exception cref="ObjectDisposedException">Called after <see cref="Dispose"/>.</exception>
    /// <exception cref="InvalidOperationException">Called from within a run, which would wait for itself.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, while it waited or while it ran.</exception>
    public T Run<T>(Func<CancellationToken, T> work, CancellationToken cancellation)
    {
        Check();
        if (runner == Environment.CurrentManagedThreadId)
            throw new InvalidOperationException($"A run of this {owner.Name} can't be started from within another's progress.");
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, ending.Token);
        turn.Wait(linked.Token);
        runner = Environment.CurrentManagedThreadId;
        try
        {
            return work(linked.Token);
        }
        finally
        {
            runner = 0;
            if (endsWithRun)
                release();
            turn.Release();
        }
    }

    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public void Check() => ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed) != 0, owner);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        ending.Cancel();
        if (runner == Environment.CurrentManagedThreadId)
        {
            endsWithRun = true; // disposed from within its own progress: waiting for its end would be for ever
            return;
        }
        turn.Wait();
        release();
        turn.Release();
    }
}
