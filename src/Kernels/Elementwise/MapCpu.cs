using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

public readonly unsafe partial struct Map<TFunction> : IAnyWidth
{
    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => WidestVectors.Run(this, threads);

    void IAnyWidth.RunCpu<TSimd, TVector>(CpuThreads threads) => threads.For(ElementBlocks.Count(count), new Elements<TSimd, TVector>(this));

    private readonly struct Elements<TSimd, TVector>(Map<TFunction> map) : IParallelBody
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        public void Run(int item, CpuWorker worker)
        {
            (long first, long end) = ElementBlocks.Range(item, map.count);
            bool streams = Streaming.Suits(map.y, ElementBlocks.PerItem, map.count);
            int count = (int)(end - first), pairs = count / (2 * TSimd.Lanes) * 2 * TSimd.Lanes;
            Apply(map.x + first, map.y + first, pairs, streams);
            for (int done = pairs; done < count; done += TSimd.Lanes)
            {
                int rest = Math.Min(TSimd.Lanes, count - done);
                TVector last = PartialVector<TSimd, TVector>.Load(map.x + first + done, rest);
                PartialVector<TSimd, TVector>.Store(TFunction.Fast<TSimd, TVector>(last), map.y + first + done, rest);
            }
            Streaming.End(streams);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Apply(float* x, float* y, int count, bool streams)
        {
            for (float* end = x + count; x < end; x += 2 * TSimd.Lanes, y += 2 * TSimd.Lanes)
            {
                Streaming.PrefetchAhead(x);
                VectorPair<TVector> value = TFunction.Fast<PairSimd<TSimd, TVector>, VectorPair<TVector>>(PairSimd<TSimd, TVector>.Load(x));
                Streaming.Store<PairSimd<TSimd, TVector>, VectorPair<TVector>>(value, y, streams);
            }
        }
    }
}
