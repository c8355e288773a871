using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Add : IAnyWidth
{
    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => WidestVectors.Run(this, threads);

    void IAnyWidth.RunCpu<TSimd, TVector>(CpuThreads threads) =>
        threads.For(ElementBlocks.Count(rows * width), new Parts<TSimd, TVector>(this));

    private readonly struct Parts<TSimd, TVector>(Add add) : IParallelBody
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        public void Run(int item, CpuWorker worker)
        {
            long all = add.rows * add.width;
            (long i, long end) = ElementBlocks.Range(item, all);
            bool streams = Streaming.Suits(add.y.Floats, add.width, all);
            while (i < end)
            {
                long column = i % add.width;
                int count = (int)Math.Min(end - i, add.width - column);
                Sum(add.a.Floats + i, add.b.Floats + column, add.y.Floats + i, count, streams);
                i += count;
            }
            Streaming.End(streams);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Sum(float* a, float* b, float* y, int count, bool streams)
        {
            int i = 0;
            for (; i <= count - TSimd.Lanes; i += TSimd.Lanes)
                Streaming.Store<TSimd, TVector>(TSimd.Add(TSimd.Load(a + i), TSimd.Load(b + i)), y + i, streams);
            for (; i < count; i++)
                y[i] = a[i] + b[i];
        }
    }
}
