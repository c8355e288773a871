using CogVideoX.Kernels.Devices;
using CogVideoX.Tensors;

namespace CogVideoX.Testing;

/// <summary>Operations on the CPU, each of whose threads can be asked what it has allocated on the managed heap.</summary>
/// <param name="threads">How many there are.</param>
public sealed unsafe class AskedTeam(int threads) : IDisposable
{
    private readonly CpuDevice device = new(threads);
    private Ops? ops;

    /// <summary>How many threads there are.</summary>
    public int Threads => threads;

    /// <summary>The operations.</summary>
    public Ops Ops => ops ??= new Ops(device);

    /// <summary>Bytes that each thread has allocated since it began; asking allocates nothing.</summary>
    public void AskAllocatedBytes(long[] bytes)
    {
        int arrived = 0;
        fixed (long* counts = bytes)
            device.Threads.For(threads, new AllocatedBytes(counts, &arrived, threads));
    }

    /// <inheritdoc/>
    public void Dispose() => Ops.Dispose();

    // Nobody goes on before all have come, so that each thread takes one.
    private readonly struct AllocatedBytes(long* counts, int* arrived, int threads) : IParallelBody
    {
        public void Run(int item, CpuWorker worker)
        {
            counts[worker.Index] = GC.GetAllocatedBytesForCurrentThread();
            Interlocked.Increment(ref *arrived);
            while (Volatile.Read(ref *arrived) < threads)
                Thread.Yield();
        }
    }
}
