using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Map<TFunction> : IAnyWidth
{
    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => WidestVectors.Run(this, threads);

    void IAnyWidth.RunCpu<TSimd, TVector>(CpuThreads threads) => threads.For(ElementBlocks.Count(count), new Parts<TSimd, TVector>(this));

    private readonly struct Parts<TSimd, TVector>(Map<TFunction> map) : IParallelBody
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        public void Run(int item, CpuWorker worker)
        {
            (long first, long end) = ElementBlocks.Range(item, map.count);
            bool streams = Streaming.Suits(map.y.Floats, ElementBlocks.PerItem, map.count);
            int count = (int)(end - first), whole = count / TSimd.Lanes * TSimd.Lanes;
            Apply(map.x.Floats + first, map.y.Floats + first, whole, streams);
            if (whole < count)
            {
                TVector last = PartialVector<TSimd, TVector>.Load(map.x.Floats + first + whole, count - whole);
                PartialVector<TSimd, TVector>.Store(TFunction.Fast<TSimd, TVector>(last), map.y.Floats + first + whole, count - whole);
            }
            Streaming.End(streams);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Apply(float* x, float* y, int count, bool streams)
        {
            for (float* end = x + count; x < end; x += TSimd.Lanes, y += TSimd.Lanes)
            {
                Streaming.PrefetchAhead(x);
                Streaming.Store<TSimd, TVector>(TFunction.Fast<TSimd, TVector>(TSimd.Load(x)), y, streams);
            }
        }
    }
}
