using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

public readonly unsafe partial struct Linear : IAnyWidth
{
    // Up to here the weights are read once, as they lie; packing them wouldn't pay.
    private const int FewRows = 16;

    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => WidestVectors.Run(this, threads);

    void IAnyWidth.RunCpu<TSimd, TVector>(CpuThreads threads)
    {
        if (rows <= FewRows)
        {
            var strips = new Strips<TSimd, TVector>(this);
            threads.For(strips.Count, strips);
        }
        else
        {
            var grid = new LinearGrid(rows, outputs, threads.Count);
            threads.For(grid.Count, new Tiles<TSimd, TVector>(this, grid));
        }
    }
}
