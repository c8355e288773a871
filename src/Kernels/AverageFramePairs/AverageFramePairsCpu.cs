using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct AverageFramePairs
{
    private const int ElementsPerItem = 64 * 1024;

    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => threads.For(checked(batch * Results * PiecesPerFrame), new Pieces(this));

    private int PiecesPerFrame => checked((int)((inner + ElementsPerItem - 1) / ElementsPerItem));

    private readonly struct Pieces(AverageFramePairs pool) : IParallelBody
    {
        public void Run(int item, CpuWorker worker)
        {
            int frame = item / pool.PiecesPerFrame;
            (long first, long second) = pool.Sources(frame / pool.Results, frame % pool.Results);
            long i = (long)(item % pool.PiecesPerFrame) * ElementsPerItem;
            long end = Math.Min(pool.inner, i + ElementsPerItem);
            float* a = pool.x.Floats + first, b = pool.x.Floats + second, y = pool.y.Floats + frame * pool.inner;
            for (; i + Vector256<float>.Count <= end; i += Vector256<float>.Count)
                ((Vector256.Load(a + i) + Vector256.Load(b + i)) * 0.5f).Store(y + i);
            for (; i < end; i++)
                y[i] = (a[i] + b[i]) * 0.5f;
        }
    }
}
