using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

internal readonly partial struct Cast
{
    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => threads.For(ElementBlocks.Count(count), new Parts(this));

    private readonly unsafe struct Parts(Cast cast) : IParallelBody
    {
        public void Run(int item, CpuWorker worker)
        {
            (long first, long end) = ElementBlocks.Range(item, cast.count);
            int count = (int)(end - first);
            Elements source = cast.x.Slice(first), target = cast.y.Slice(first);
            float* floats = target.Format == ElementFormat.F32
                ? target.Floats
                : (float*)worker.Scratch(ElementBlocks.PerItem * sizeof(float));
            Widen.ToFloats(source, floats, count);
            for (int i = 0; i < count && target.Format != ElementFormat.F32; i++)
                target.Set(i, floats[i]);
        }
    }
}
