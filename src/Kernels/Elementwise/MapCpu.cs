using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

public readonly unsafe partial struct Map<TFunction>
{
    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => threads.For(ElementBlocks.Count(count), new Elements(this));

    private readonly struct Elements(Map<TFunction> map) : IParallelBody
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int item, CpuWorker worker)
        {
            (long i, long end) = ElementBlocks.Range(item, map.count);
            for (; i <= end - Vector256<float>.Count; i += Vector256<float>.Count)
                TFunction.Fast(Vector256.Load(map.x + i)).Store(map.y + i);
            if (i < end)
                PartialVector.Store(TFunction.Fast(PartialVector.Load(map.x + i, (int)(end - i))), map.y + i, (int)(end - i));
        }
    }
}
