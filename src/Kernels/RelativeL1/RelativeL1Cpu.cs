using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct RelativeL1
{
    private static long CpuPartBytes(long count) => sizeof(Sums) * (long)ElementBlocks.Count(count);

    /// <summary>Blocks of a fixed size, then their sums in order: any number of threads gives the same bits.</summary>
    public void RunCpu(CpuThreads threads)
    {
        int blocks = ElementBlocks.Count(count);
        threads.For(blocks, new Parts(this));
        var total = new Sums(0, 0);
        for (int block = 0; block < blocks; block++)
            total += ((Sums*)parts)[block];
        (y[0], y[1]) = ((float)total.Distance, (float)total.Size);
    }

    private readonly record struct Sums(double Distance, double Size)
    {
        public static Sums operator +(Sums a, Sums b) => new(a.Distance + b.Distance, a.Size + b.Size);
    }

    // Beside what made the numbers, a block of a transformer, a sweep costs next to nothing.
    private readonly struct Parts(RelativeL1 operation) : IParallelBody
    {
        public void Run(int item, CpuWorker worker)
        {
            float* x = operation.x.Floats, reference = operation.reference.Floats;
            (long first, long end) = ElementBlocks.Range(item, operation.count);
            double distance = 0, size = 0;
            for (long i = first; i < end; i++)
            {
                distance += MathF.Abs(x[i] - reference[i]);
                size += MathF.Abs(reference[i]);
            }
            ((Sums*)operation.parts)[item] = new Sums(distance, size);
        }
    }
}
