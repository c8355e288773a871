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
        switch (rows)
        {
            case 1: RunStrips<TSimd, TVector, OneRow>(threads); break;
            case 2: RunStrips<TSimd, TVector, TwoRows>(threads); break;
            case <= 4: RunStrips<TSimd, TVector, FourRows>(threads); break;
            case <= FewRows when rows <= TSimd.Lanes: RunVectors<TSimd, TVector, TwoInputs>(threads); break;
            case <= FewRows: RunVectors<TSimd, TVector, OneInput>(threads); break;
            default:
                var grid = new LinearGrid(rows, outputs, threads.Count, MicroKernel<TSimd, TVector>.Rows, MicroKernel<TSimd, TVector>.Columns);
                threads.For(grid.Count, new Tiles<TSimd, TVector>(this, grid));
                break;
        }
    }

    private void RunStrips<TSimd, TVector, TCount>(CpuThreads threads)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
        where TCount : struct, IRowCount
    {
        var strips = new Strips<TSimd, TVector, TCount>(this);
        threads.For(strips.Count, strips);
    }

    private void RunVectors<TSimd, TVector, TShape>(CpuThreads threads)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
        where TShape : struct, IVectorPair
    {
        var vectors = new RowVectors<TSimd, TVector, TShape>(this, threads.Count);
        threads.For(vectors.Count, vectors);
    }
}
