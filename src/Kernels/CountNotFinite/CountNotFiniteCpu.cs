using System.Numerics.Tensors;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

public readonly unsafe partial struct CountNotFinite
{
    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads)
    {
        *y = 0;
        threads.For(ElementBlocks.Count(count), new Parts(x.Floats, y, count));
    }

    private readonly struct Parts(float* x, long* y, long count) : IParallelBody
    {
        public void Run(int item, CpuWorker worker)
        {
            (long first, long end) = ElementBlocks.Range(item, count);
            var part = new ReadOnlySpan<float>(x + first, (int)(end - first));
            if (TensorPrimitives.IsFiniteAll(part))
                return;
            long found = 0;
            foreach (float value in part)
                found += float.IsFinite(value) ? 0 : 1;
            Interlocked.Add(ref *y, found);
        }
    }
}
