using System.Numerics.Tensors;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

public readonly unsafe partial struct Blend
{
    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => threads.For(outer, new Blocks(this));

    private readonly struct Blocks(Blend blend) : IParallelBody
    {
        public void Run(int block, CpuWorker worker)
        {
            for (int row = 0; row < blend.afterSize; row++)
            {
                long offset = ((long)block * blend.afterSize + row) * blend.inner;
                var target = new Span<float>(blend.y + offset, blend.inner);
                var after = new ReadOnlySpan<float>(blend.after + offset, blend.inner);
                if (row >= blend.extent)
                {
                    after.CopyTo(target);
                    continue;
                }
                float share = (float)row / blend.extent;
                long source = ((long)block * blend.beforeSize + blend.beforeSize - blend.extent + row) * blend.inner;
                TensorPrimitives.Multiply(after, share, target);
                TensorPrimitives.MultiplyAdd(new ReadOnlySpan<float>(blend.before + source, blend.inner), 1 - share, target, target);
            }
        }
    }
}
