using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>Tiles of x · Wᵀ, each by a CTA; along y of the grid, parts of the inputs.</summary>
/// <param name="x">[rows, inputs]</param>
/// <param name="weight">[outputs, inputs]</param>
/// <param name="rows">At least one.</param>
/// <param name="outputs">At least one.</param>
/// <param name="inputs">A multiple of eight.</param>
/// <param name="partInputs">Inputs of a part, a multiple of a slice's depths.</param>
/// <param name="ending">What becomes of the sums.</param>
[KernelInstance("linear_wide_bf16", typeof(BFloat16), typeof(ProductTiles.Wide), typeof(LinearCudaFinish))]
[KernelInstance("linear_wide_f16", typeof(Half), typeof(ProductTiles.Wide), typeof(LinearCudaFinish))]
[KernelInstance("linear_tall_bf16", typeof(BFloat16), typeof(ProductTiles.Tall), typeof(LinearCudaFinish))]
[KernelInstance("linear_tall_f16", typeof(Half), typeof(ProductTiles.Tall), typeof(LinearCudaFinish))]
[KernelInstance("linear_square_bf16", typeof(BFloat16), typeof(ProductTiles.Square), typeof(LinearCudaFinish))]
[KernelInstance("linear_square_f16", typeof(Half), typeof(ProductTiles.Square), typeof(LinearCudaFinish))]
[KernelInstance("linear_small_bf16", typeof(BFloat16), typeof(ProductTiles.Small), typeof(LinearCudaFinish))]
[KernelInstance("linear_small_f16", typeof(Half), typeof(ProductTiles.Small), typeof(LinearCudaFinish))]
[KernelInstance("linear_wide_parts_bf16", typeof(BFloat16), typeof(ProductTiles.Wide), typeof(LinearPartSums))]
[KernelInstance("linear_wide_parts_f16", typeof(Half), typeof(ProductTiles.Wide), typeof(LinearPartSums))]
[KernelInstance("linear_tall_parts_bf16", typeof(BFloat16), typeof(ProductTiles.Tall), typeof(LinearPartSums))]
[KernelInstance("linear_tall_parts_f16", typeof(Half), typeof(ProductTiles.Tall), typeof(LinearPartSums))]
[KernelInstance("linear_square_parts_bf16", typeof(BFloat16), typeof(ProductTiles.Square), typeof(LinearPartSums))]
[KernelInstance("linear_square_parts_f16", typeof(Half), typeof(ProductTiles.Square), typeof(LinearPartSums))]
[KernelInstance("linear_small_parts_bf16", typeof(BFloat16), typeof(ProductTiles.Small), typeof(LinearPartSums))]
[KernelInstance("linear_small_parts_f16", typeof(Half), typeof(ProductTiles.Small), typeof(LinearPartSums))]
internal readonly struct LinearTileKernel<T, TTile, TEnding>(
    View<T> x, View<T> weight, int rows, int outputs, int inputs, int partInputs, TEnding ending) : IKernel
    where T : unmanaged
    where TTile : IProductTile
    where TEnding : unmanaged, ITileEnding
{
    /// <inheritdoc/>
    public static Block Block => new(TileProduct<T, TTile>.Threads);

    /// <inheritdoc/>
    public static int MinimumCtas => TTile.Residents;

    /// <summary>Bytes of dynamic shared memory: the ring, and then the sums in its place.</summary>
    public static int SharedBytes => Math.Max(TileProduct<T, TTile>.SharedBytes, TileResult<T, TTile>.SharedBytes);

    /// <inheritdoc/>
    public void Run()
    {
        (int tileRow, int tileColumn) = TileOrder.Of(
            (rows + TTile.Rows - 1) / TTile.Rows, (outputs + TTile.Columns - 1) / TTile.Columns);
        int firstRow = tileRow * TTile.Rows, firstColumn = tileColumn * TTile.Columns;
        int begin = Grid.BlockY * partInputs, end = Math.Min(begin + partInputs, inputs);
        Registers<MatrixC<float>> sums = Registers.Of<MatrixC<float>>(TileProduct<T, TTile>.Sums);
        TileProduct<T, TTile>.Add(
            new MatrixRows<T>(x, rows, inputs, end), new MatrixRows<T>(weight, outputs, inputs, end),
            Shared.Dynamic<T>(), firstRow, firstColumn, begin, end, sums);
        TileResult<T, TTile>.Finish(sums, Shared.Dynamic<float>(), firstRow, firstColumn, rows, outputs, ending);
    }
}
