using System.Numerics.Tensors;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Blend
{
    private long Count => outer * afterSize * inner;

    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => threads.For(ElementBlocks.Count(Count), new Parts(this));

    private readonly struct Parts(Blend blend) : IParallelBody
    {
        public void Run(int item, CpuWorker worker)
        {
            (long i, long end) = ElementBlocks.Range(item, blend.Count);
            while (i < end)
            {
                (long line, long column) = Math.DivRem(i, blend.inner);
                (long block, long row) = Math.DivRem(line, blend.afterSize);
                int count = (int)Math.Min(end - i, blend.inner - column);
                var target = new Span<float>(blend.y.Floats + i, count);
                var after = new ReadOnlySpan<float>(blend.after.Floats + i, count);
                if (row < blend.extent)
                {
                    float share = (float)row / blend.extent;
                    long source = (block * blend.beforeSize + blend.beforeSize - blend.extent + row) * blend.inner + column;
                    TensorPrimitives.Multiply(after, share, target);
                    TensorPrimitives.MultiplyAdd(new ReadOnlySpan<float>(blend.before.Floats + source, count), 1 - share, target, target);
                }
                else
                {
                    after.CopyTo(target);
                }
                i += count;
            }
        }
    }
}
