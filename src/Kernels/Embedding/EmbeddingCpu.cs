using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Embedding
{
    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => threads.For(RowBlocks.Count(count, width), new Rows(this));

    private readonly struct Rows(Embedding embedding) : IParallelBody
    {
        public void Run(int item, CpuWorker worker)
        {
            int width = embedding.width;
            (long first, long end) = RowBlocks.Range(item, embedding.count, width);
            for (long row = first; row < end; row++)
                Widen.ToFloats(embedding.table.Slice((long)embedding.ids[row] * width), embedding.y.Floats + row * width, width);
        }
    }
}
