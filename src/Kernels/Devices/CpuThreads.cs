using System.Runtime.ExceptionServices;

namespace CogVideoX.Kernels.Devices;

/// <summary>
/// A fixed team of threads for fork and join. Items are handed out in order, one at a time; whoever is free takes the next.
/// Which thread ran an item never shows in a result, since an item's arithmetic depends on its number alone. A join waits for items,
/// not for threads: one that the system gives no processor to holds nobody up.
/// </summary>
public sealed unsafe class CpuThreads : IDisposable
{
    private const int SpinsBeforeSleep = 2_000; // some 20 µs: joins follow each other closely inside a model's step

    private readonly Thread[] helpers;
    private readonly object gate = new();
    private readonly CpuWorker[] workers;
    private delegate*<void*, int, CpuWorker, void> run;
    private void* body;
    private int items;
    private int left;       // items that nobody has begun; below 0 where threads looked for one in vain
    private int unfinished;
    private int sleeping;
    private volatile bool stopping;
    private ExceptionDispatchInfo? failure;

    /// <param name="count">Threads in the team, the calling one included.</param>
    public CpuThreads(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 1024);
        Count = count;
        workers = new CpuWorker[count];
        for (int i = 0; i < count; i++)
            workers[i] = new CpuWorker(i);
        helpers = new Thread[count - 1];
        for (int i = 0; i < helpers.Length; i++)
        {
            CpuWorker worker = workers[i + 1];
            helpers[i] = new Thread(() => Help(worker)) { IsBackground = true, Name = $"cogvideox cpu {worker.Index}" };
            helpers[i].Start();
        }
    }

    /// <summary>Threads in the team, the calling one included.</summary>
    public int Count { get; }

    /// <summary>Runs items 0 … <paramref name="count"/> − 1 and returns when all are done. Not reentrant; one caller at a time.</summary>
    /// <exception cref="Exception">The first that an item threw; the items not yet begun are dropped.</exception>
    public void For<TBody>(int count, in TBody work) where TBody : unmanaged, IParallelBody
    {
        if (count <= 0)
            return;
        fixed (TBody* pointer = &work)
        {
            if (Count == 1 || count == 1)
            {
                for (int i = 0; i < count; i++)
                    pointer->Run(i, workers[0]);
                return;
            }
            run = &Invoke<TBody>;
            body = pointer;
            items = count;
            unfinished = count;
            lock (gate)
            {
                Volatile.Write(ref left, count); // publishes the fields above
                if (sleeping > 0)
                    Monitor.PulseAll(gate);
            }
            TakeItems(workers[0]);
            var spin = new SpinWait();
            while (Volatile.Read(ref unfinished) > 0)
                spin.SpinOnce(sleep1Threshold: -1);
        }
        if (failure is { } thrown)
        {
            failure = null;
            thrown.Throw();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (stopping)
            return;
        lock (gate)
        {
            stopping = true;
            Monitor.PulseAll(gate);
        }
        foreach (Thread helper in helpers)
            helper.Join();
        foreach (CpuWorker worker in workers)
            worker.Release();
    }

    private static void Invoke<TBody>(void* work, int item, CpuWorker worker) where TBody : unmanaged, IParallelBody =>
        ((TBody*)work)->Run(item, worker);

    private void Help(CpuWorker worker)
    {
        while (true)
        {
            WaitForWork();
            if (stopping)
                return;
            TakeItems(worker);
        }
    }

    private void WaitForWork()
    {
        for (int i = 0; i < SpinsBeforeSleep; i++)
        {
            if (Volatile.Read(ref left) > 0 || stopping)
                return;
            Thread.SpinWait(8);
        }
        lock (gate)
        {
            while (left <= 0 && !stopping)
            {
                sleeping++;
                Monitor.Wait(gate);
                sleeping--;
            }
        }
    }

    private void TakeItems(CpuWorker worker)
    {
        while (true)
        {
            int after = Interlocked.Decrement(ref left);
            if (after < 0)
                return;
            try
            {
                // Of the loop that runs now, whichever the thread woke up for: it can't end before this item has.
                run(body, items - 1 - after, worker);
            }
            catch (Exception exception) // any: it is thrown again on the caller's thread
            {
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(exception), null);
                int dropped = Math.Max(0, Interlocked.Exchange(ref left, 0));
                Interlocked.Add(ref unfinished, -dropped);
            }
            Interlocked.Decrement(ref unfinished);
        }
    }
}
