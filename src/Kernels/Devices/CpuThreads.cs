using System.Runtime.ExceptionServices;

namespace CogVideoX.Kernels.Devices;

/// <summary>
/// A team of threads for fork and join. Items are handed out in order, one at a time; whoever is free takes the next.
/// Which thread ran an item never shows in a result, since an item's arithmetic depends on its number alone. A join waits for items,
/// not for threads: one that the system gives no processor to holds nobody up.
/// </summary>
/// <remarks>
/// Threads start with the first work that needs them and end after some seconds without any, so that a team that nobody uses, or that
/// was forgotten, costs nothing.
/// </remarks>
public sealed unsafe class CpuThreads : IDisposable
{
    private const int SpinsBeforeSleep = 2_000; // some 20 µs: joins follow each other closely inside a model's step

    private static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(5); // longer than what a model does between its operations

    private readonly Thread?[] helpers; // by the number of their worker; none where it was never needed, or has ended
    private readonly object gate = new();
    private readonly CpuWorker[] workers;
    private readonly TimeSpan patience;
    private delegate*<void*, int, CpuWorker, void> run;
    private void* body;
    private int items;
    private int left;       // items that nobody has begun; below 0 where threads looked for one in vain
    private int unfinished;
    private int sleeping;
    private int running;    // helpers
    private int busy;       // 1 while a caller is inside
    private volatile bool stopping;
    private ExceptionDispatchInfo? failure;

    /// <param name="count">Threads in the team, the calling one included.</param>
    public CpuThreads(int count) : this(count, UsualPatience) { }

    /// <param name="count">Threads in the team, the calling one included.</param>
    /// <param name="patience">How long a helper waits for work before it ends.</param>
    internal CpuThreads(int count, TimeSpan patience)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 1024);
        Count = count;
        this.patience = patience;
        helpers = new Thread?[count];
        workers = new CpuWorker[count];
        for (int i = 0; i < count; i++)
            workers[i] = new CpuWorker(i, this);
    }

    /// <summary>Threads in the team, the calling one included.</summary>
    public int Count { get; }

    /// <summary>
    /// Stops work: it is looked at before each item, and inside long ones. Set it between calls of <see cref="For"/>, not during one.
    /// </summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>
    /// Whether sums across the lanes of a vector are of as many lanes on every processor, so that results have the same bits wherever
    /// there is fused multiply-add. Otherwise lanes are those that the processor has, and sums differ in their last bits.
    /// </summary>
    public bool SameOnEveryProcessor => Kind != DeviceKind.Cpu;

    /// <summary>
    /// Memory that all items of an operation share, beside each worker's own: as much as the operation asks for
    /// (<see cref="IUsesWorkspace"/>); null where it asks for none. Its device sets it.
    /// </summary>
    public void* Workspace { get; set; }

    /// <summary>What products multiply, in forms for bf16. The device sets it.</summary>
    internal DeviceKind Kind { get; set; } = DeviceKind.Cpu;

    /// <summary>How many helpers there are now, asleep or not.</summary>
    internal int Running => Volatile.Read(ref running);

    /// <summary>
    /// Runs items 0 … <paramref name="count"/> − 1 and returns when all are done. Not reentrant; one caller at a time.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another thread, or an item of this one, is inside.</exception>
    /// <exception cref="OperationCanceledException">
    /// <see cref="Cancellation"/> was requested: items were left out, so that what the others wrote means nothing.
    /// </exception>
    /// <exception cref="Exception">The first that an item threw; the items not yet begun are dropped.</exception>
    public void For<TBody>(int count, in TBody work) where TBody : unmanaged, IParallelBody
    {
        if (Interlocked.CompareExchange(ref busy, 1, 0) != 0)
            throw new InvalidOperationException("One caller at a time: this team of threads is at work for another. Give each its own.");
        try
        {
            ObjectDisposedException.ThrowIf(stopping, this);
            if (count > 0)
                Run(count, work);
        }
        finally
        {
            Volatile.Write(ref busy, 0);
        }
    }

    /// <summary>Waits for work that another thread is inside of, then ends all threads.</summary>
    public void Dispose()
    {
        var spin = new SpinWait();
        while (Interlocked.CompareExchange(ref busy, 1, 0) != 0)
            spin.SpinOnce();
        Thread?[] ending;
        lock (gate)
        {
            stopping = true;
            ending = [.. helpers];
            Monitor.PulseAll(gate);
        }
        foreach (Thread? helper in ending)
            helper?.Join();
        foreach (CpuWorker worker in workers)
            worker.Release();
        Volatile.Write(ref busy, 0);
    }

    private static void Invoke<TBody>(void* work, int item, CpuWorker worker) where TBody : unmanaged, IParallelBody =>
        ((TBody*)work)->Run(item, worker);

    private void Run<TBody>(int count, in TBody work) where TBody : unmanaged, IParallelBody
    {
        fixed (TBody* pointer = &work)
        {
            if (Count == 1 || count == 1)
            {
                for (int i = 0; i < count && !Cancellation.IsCancellationRequested; i++)
                    pointer->Run(i, workers[0]);
            }
            else
            {
                run = &Invoke<TBody>;
                body = pointer;
                Share(count);
            }
        }
        if (failure is { } thrown)
        {
            failure = null;
            thrown.Throw();
        }
        Cancellation.ThrowIfCancellationRequested();
    }

    private void Share(int count)
    {
        items = count;
        unfinished = count;
        lock (gate)
        {
            StartHelpers(Math.Min(Count, count) - 1);
            Volatile.Write(ref left, count); // publishes the fields above
            if (sleeping > 0)
                Monitor.PulseAll(gate);
        }
        TakeItems(workers[0]);
        var spin = new SpinWait();
        while (Volatile.Read(ref unfinished) > 0)
            spin.SpinOnce(sleep1Threshold: -1);
    }

    private void StartHelpers(int wanted)
    {
        for (int i = 1; running < wanted; i++)
        {
            if (helpers[i] is null)
                StartHelper(workers[i]);
        }
    }

    private void StartHelper(CpuWorker worker)
    {
        var helper = new Thread(() => Help(worker)) { IsBackground = true, Name = $"cogvideox cpu {worker.Index}" };
        helper.Start();
        helpers[worker.Index] = helper;
        running++;
    }

    private void Help(CpuWorker worker)
    {
        while (WaitForWork(worker.Index))
            TakeItems(worker);
    }

    // False where the thread is to end.
    private bool WaitForWork(int helper)
    {
        for (int i = 0; i < SpinsBeforeSleep; i++)
        {
            if (Volatile.Read(ref left) > 0)
                return true;
            if (stopping)
                return false;
            Thread.SpinWait(8);
        }
        lock (gate)
        {
            bool patient = true;
            while (left <= 0 && !stopping && patient)
            {
                sleeping++;
                patient = Monitor.Wait(gate, patience);
                sleeping--;
            }
            if (left > 0)
                return true;
            helpers[helper] = null;
            running--;
            return false;
        }
    }

    private void TakeItems(CpuWorker worker)
    {
        while (true)
        {
            int after = Interlocked.Decrement(ref left);
            if (after < 0)
                return;
            if (Cancellation.IsCancellationRequested)
            {
                Drop();
            }
            else
            {
                try
                {
                    // Of the loop that runs now, whichever the thread woke up for: it can't end before this item has.
                    run(body, items - 1 - after, worker);
                }
                catch (Exception exception) // any: it is thrown again on the caller's thread
                {
                    Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(exception), null);
                    Drop();
                }
            }
            Interlocked.Decrement(ref unfinished);
        }
    }

    // What nobody has begun counts as done.
    private void Drop()
    {
        int dropped = Math.Max(0, Interlocked.Exchange(ref left, 0));
        Interlocked.Add(ref unfinished, -dropped);
    }
}
