using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Attention : IAnyWidth
{
    private const int LargestQueryBlock = 1024, SmallestQueryBlock = 48;
    private const int BlocksPerThread = 3;

    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => WidestVectors.Run(this, threads);

    void IAnyWidth.RunCpu<TSimd, TVector>(CpuThreads threads)
    {
        if (size.Queries == 0)
            return;
        int blocks = LinearGrid.Parts(size.Queries, LargestQueryBlock);
        long heads = (long)size.Batch * size.Heads;
        while (blocks * heads < BlocksPerThread * threads.Count && size.Queries / (blocks + 1) >= SmallestQueryBlock)
            blocks++;
        int rows = LinearGrid.RoundUp(LinearGrid.Parts(size.Queries, blocks), MicroKernel<TSimd, TVector>.Columns);
        blocks = LinearGrid.Parts(size.Queries, rows);
        threads.For(checked((int)(heads * blocks)), new Blocks<TSimd, TVector>(this, rows, blocks));
    }
}
