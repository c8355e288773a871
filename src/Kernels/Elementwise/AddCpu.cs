using System.Numerics.Tensors;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

public readonly unsafe partial struct Add
{
    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => threads.For(ElementBlocks.Count(rows * width), new Elements(this));

    private readonly struct Elements(Add add) : IParallelBody
    {
        public void Run(int item, CpuWorker worker)
        {
            (long i, long end) = ElementBlocks.Range(item, add.rows * add.width);
            while (i < end)
            {
                long column = i % add.width;
                int count = (int)Math.Min(end - i, add.width - column);
                TensorPrimitives.Add(
                    new ReadOnlySpan<float>(add.a + i, count), new ReadOnlySpan<float>(add.b + column, count), new Span<float>(add.y + i, count));
                i += count;
            }
        }
    }
}
