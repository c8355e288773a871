using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

internal readonly partial struct RandomUniform
{
    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => threads.For(ElementBlocks.Count(count), new Parts(this));

    private readonly struct Parts(RandomUniform operation) : IParallelBody
    {
        public void Run(int item, CpuWorker worker)
        {
            (long first, long end) = ElementBlocks.Range(item, operation.count);
            for (long i = first; i < end; i++)
                operation.y.Set(i, At(operation.key, operation.centre, operation.step, i));
        }
    }
}
