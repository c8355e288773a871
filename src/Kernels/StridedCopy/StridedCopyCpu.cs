using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct StridedCopy
{
    private const long BytesPerItem = 128 * 1024;

    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) =>
        threads.For(checked((int)((blocks * blockBytes + BytesPerItem - 1) / BytesPerItem)), new Pieces(this));

    private readonly struct Pieces(StridedCopy copy) : IParallelBody
    {
        public void Run(int item, CpuWorker worker)
        {
            long i = item * BytesPerItem;
            long end = Math.Min(copy.blocks * copy.blockBytes, i + BytesPerItem);
            while (i < end)
            {
                (long block, long offset) = Math.DivRem(i, copy.blockBytes);
                long bytes = Math.Min(end - i, copy.blockBytes - offset);
                Buffer.MemoryCopy(copy.x + block * copy.xStride + offset, copy.y + block * copy.yStride + offset, bytes, bytes);
                i += bytes;
            }
        }
    }
}
