using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Linear : IAnyWidth
{
    // Up to here the weights are read once, as they lie; packing them wouldn't pay.
    private const int FewRows = 16;

    private const int MostRows = 1 << 30; // tiles count their rows in 32 bits

    private int Rows => (int)rows;

    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => RunCpu(threads, threads.Workspace);

    void IAnyWidth.RunCpu<TSimd, TVector>(CpuThreads threads) => RunParts<TSimd, TVector>(threads);

    internal static void RunTogether<TSimd, TVector>(in Linear first, in Linear second, in Linear third, CpuThreads threads)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        if (first.rows is <= FewRows or > MostRows || first.outputs == 0)
        {
            first.RunParts<TSimd, TVector>(threads);
            second.RunParts<TSimd, TVector>(threads);
            third.RunParts<TSimd, TVector>(threads);
            return;
        }
        LinearGrid grid = first.Grid<TSimd, TVector>(threads, products: 3);
        threads.For(3 * grid.Count, new TripleTiles<TSimd, TVector>(new(first, grid), new(second, grid), new(third, grid)));
    }

    private void RunParts<TSimd, TVector>(CpuThreads threads)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        for (long first = 0; first < rows; first += MostRows)
            Part(first, Math.Min(MostRows, rows - first)).Run<TSimd, TVector>(threads);
    }

    private void Run<TSimd, TVector>(CpuThreads threads)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        if (outputs == 0)
            return;
        switch (Rows)
        {
            case 1: RunStrips<TSimd, TVector, OneRow>(threads); break;
            case 2: RunStrips<TSimd, TVector, TwoRows>(threads); break;
            case <= 4: RunStrips<TSimd, TVector, FourRows>(threads); break;
            case <= FewRows when Rows <= TSimd.Lanes: RunVectors<TSimd, TVector, TwoInputs>(threads); break;
            case <= FewRows: RunVectors<TSimd, TVector, OneInput>(threads); break;
            default:
                LinearGrid grid = Grid<TSimd, TVector>(threads, products: 1);
                threads.For(grid.Count, new Tiles<TSimd, TVector>(this, grid));
                break;
        }
    }

    private Linear Part(long first, long count)
    {
        if (first == 0 && count == rows)
            return this;
        LinearEpilogue part = new(epilogue.Bias, epilogue.Activation)
        {
            Factor = epilogue.Factor.IsNull ? default : epilogue.Factor.Slice(first * outputs),
            Gate = epilogue.Gate.IsNull ? default : epilogue.Gate.From(first),
            Residual = epilogue.Residual.IsNull ? default : epilogue.Residual.Slice(first * outputs),
        };
        return new Linear(x.Slice(first * inputs), weight, y.Slice(first * outputs), count, outputs, inputs, part) { Kept = Kept };
    }

    private LinearGrid Grid<TSimd, TVector>(CpuThreads threads, int products)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged =>
        new(Rows, outputs, products, threads.Count, MicroKernel<TSimd, TVector>.Rows, MicroKernel<TSimd, TVector>.Columns);

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

    private readonly struct TripleTiles<TSimd, TVector>(
        Tiles<TSimd, TVector> first, Tiles<TSimd, TVector> second, Tiles<TSimd, TVector> third) : IParallelBody
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        public void Run(int item, CpuWorker worker)
        {
            (int tile, int product) = Math.DivRem(item, 3);
            switch (product)
            {
                case 0: first.Run(tile, worker); break;
                case 1: second.Run(tile, worker); break;
                default: third.Run(tile, worker); break;
            }
        }
    }
}
