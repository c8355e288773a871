using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>
/// A convolution as a product whose left operand is never copied out: tiles of pixels by output channels, along y of the grid frames. A
/// tile lies in one frame, so that all its threads read the same frames.
/// </summary>
/// <param name="frames">What is read.</param>
/// <param name="windows">What of it.</param>
/// <param name="weight">[outputs, taps, channels]</param>
/// <param name="outputs">At least one.</param>
/// <param name="ending">What becomes of the sums.</param>
[KernelInstance("convolution_wide_bf16", typeof(BFloat16), typeof(ProductTiles.Wide))]
[KernelInstance("convolution_wide_f16", typeof(Half), typeof(ProductTiles.Wide))]
[KernelInstance("convolution_tall_bf16", typeof(BFloat16), typeof(ProductTiles.Tall))]
[KernelInstance("convolution_tall_f16", typeof(Half), typeof(ProductTiles.Tall))]
[KernelInstance("convolution_square_bf16", typeof(BFloat16), typeof(ProductTiles.Square))]
[KernelInstance("convolution_square_f16", typeof(Half), typeof(ProductTiles.Square))]
[KernelInstance("convolution_small_bf16", typeof(BFloat16), typeof(ProductTiles.Small))]
[KernelInstance("convolution_small_f16", typeof(Half), typeof(ProductTiles.Small))]
internal readonly struct ConvolutionTileKernel<T, TTile>(
    ConvolutionFrames<T> frames, ConvolutionWindows windows, View<T> weight, int outputs, LinearCudaFinish ending) : IKernel
    where T : unmanaged
    where TTile : IProductTile
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
            (windows.Pixels + TTile.Rows - 1) / TTile.Rows, (outputs + TTile.Columns - 1) / TTile.Columns);
        int firstRow = tileRow * TTile.Rows, firstColumn = tileColumn * TTile.Columns, frame = Grid.BlockY, first = frame * windows.Pixels;
        Registers<MatrixC<float>> sums = Registers.Of<MatrixC<float>>(TileProduct<T, TTile>.Sums);
        TileProduct<T, TTile>.Add(
            new ConvolutionRows<T>(frames.Of(frame), windows), new MatrixRows<T>(weight, outputs, windows.Depth, windows.Depth),
            Shared.Dynamic<T>(), firstRow, firstColumn, 0, windows.Depth, sums);
        TileResult<T, TTile>.Finish(
            sums, Shared.Dynamic<float>(), first + firstRow, firstColumn, first + windows.Pixels, outputs, ending);
    }
}
