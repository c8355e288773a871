using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Permute
{
    private const long BytesPerItem = 64 * 1024;
    private const int Tile = 16; // a cache line of floats in both directions

    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads)
    {
        if (plan.Count == 0)
            return;
        if (plan.Rank == 0 || plan.SourceStride(plan.Rank - 1) == 1)
        {
            threads.For(Items(Run), new Runs(this));
            return;
        }
        switch (elementSize)
        {
            case 1:
                threads.For(Panels, new Transposed<byte>(this));
                break;
            case 2:
                threads.For(Panels, new Transposed<ushort>(this));
                break;
            case 4:
                threads.For(Panels, new Transposed<uint>(this));
                break;
            default:
                threads.For(Panels, new Transposed<ulong>(this));
                break;
        }
    }

    // The innermost dimension stays innermost: whole runs of so many elements are copied.
    private long Run => plan.Rank == 0 ? 1 : plan.Size(plan.Rank - 1);

    private long RunsPerItem(long run) => Math.Max(1, BytesPerItem / (run * elementSize));

    private int Items(long run) => checked((int)((plan.Count / run + RunsPerItem(run) - 1) / RunsPerItem(run)));

    // The dimension of the result that is innermost in the source.
    private int Inner
    {
        get
        {
            int inner = 0;
            while (plan.SourceStride(inner) != 1)
                inner++;
            return inner;
        }
    }

    private long PanelsOfOneMatrix => (plan.Size(Inner) + Tile - 1) / Tile;

    private int Panels => checked((int)(plan.Count / plan.Size(Inner) / plan.Size(plan.Rank - 1) * PanelsOfOneMatrix));

    private readonly struct Runs(Permute permute) : IParallelBody
    {
        public void Run(int item, CpuWorker worker)
        {
            long run = permute.Run, bytes = run * permute.elementSize;
            long end = Math.Min(permute.plan.Count / run, (item + 1) * permute.RunsPerItem(run));
            for (long i = item * permute.RunsPerItem(run); i < end; i++)
            {
                long source = permute.plan.Offsets(i, permute.plan.Rank - 1, -1).Source;
                Buffer.MemoryCopy(permute.x + source * permute.elementSize, permute.y + i * bytes, bytes, bytes);
            }
        }
    }

    // An item is Tile rows of one matrix: `Inner` (contiguous in the source) against the innermost dimension of the result.
    private readonly struct Transposed<T>(Permute permute) : IParallelBody where T : unmanaged
    {
        public void Run(int item, CpuWorker worker)
        {
            PermutePlan plan = permute.plan;
            int inner = permute.Inner, last = plan.Rank - 1;
            (long matrix, long panel) = Math.DivRem(item, permute.PanelsOfOneMatrix);
            (long source, long result) = plan.Offsets(matrix, inner, last);
            long rowStride = plan.ResultStride(inner), columnStride = plan.SourceStride(last), columns = plan.Size(last);
            T* x = (T*)permute.x + source + panel * Tile;
            T* y = (T*)permute.y + result + panel * Tile * rowStride;
            int rows = (int)Math.Min(Tile, plan.Size(inner) - panel * Tile);
            for (long first = 0; first < columns; first += Tile)
            {
                long end = Math.Min(columns, first + Tile);
                for (int row = 0; row < rows; row++)
                {
                    for (long column = first; column < end; column++)
                        y[row * rowStride + column] = x[column * columnStride + row];
                }
            }
        }
    }
}
