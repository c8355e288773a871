using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>
/// A convolution to a handful of outputs, of which a tile would be nearly empty. So the columns of the product are all taps of a frame for
/// all outputs, and its rows the pixels of a patch with the edge that the taps reach: x is read once for each frame of the kernel, not for
/// each tap. Then each output adds the products of its taps, which lie in shared memory. Along x of the grid lie the frames, so that those
/// that read the same do so at the same time, along y and z columns and rows of patches.
/// </summary>
/// <param name="frames">What is read.</param>
/// <param name="size">All sizes; one that <see cref="Takes"/>.</param>
/// <param name="ofFrame">Divides eighths of a depth by those of the channels.</param>
/// <param name="weight">[taps of a frame, outputs, frames, channels]</param>
/// <param name="ending">What becomes of the sums.</param>
[KernelInstance("convolution_patch_bf16", typeof(BFloat16))]
[KernelInstance("convolution_patch_f16", typeof(Half))]
internal readonly struct ConvolutionPatchKernel<T>(
    ConvolutionFrames<T> frames, ConvolutionSize size, SmallDivisor ofFrame, View<T> weight, LinearCudaFinish ending) : IKernel
    where T : unmanaged
{
    private const int Side = ConvolutionPatch<T>.Side, MostKernelSide = 8, MmaRows = 16, MmaColumns = 8;
    private const int MostSide = 65_535; // of CTAs, along y and z

    // Odd, so that the products of an output's tap for neighbouring pixels lie in different banks; of three outputs, all.
    private const int Pitch = 35;

    /// <inheritdoc/>
    public static Block Block => new(TileProduct<T, Tile>.Threads);

    /// <inheritdoc/>
    public static int MinimumCtas => Tile.Residents;

    /// <summary>Bytes of dynamic shared memory: the ring, and then the products in its place.</summary>
    public static int SharedBytes => Math.Max(TileProduct<T, Tile>.SharedBytes, Tile.Rows * Pitch * sizeof(float));

    /// <summary>Whether the taps of all outputs are columns of one tile, and the patches a grid.</summary>
    public static bool Takes(ConvolutionSize size) => size.Stride == 1
        && size.KernelHeight <= MostKernelSide && size.KernelWidth <= MostKernelSide
        && size.OutputHeight <= MostSide && size.OutputWidth <= MostSide
        && (long)size.KernelHeight * size.KernelWidth * size.OutputChannels <= Tile.Columns;

    /// <summary>Rows or columns of the result that a patch gives.</summary>
    public static int Results(int kernelSide) => Side - kernelSide + 1;

    /// <inheritdoc/>
    public void Run()
    {
        int firstRow = Grid.BlockZ * Results(size.KernelHeight), firstColumn = Grid.BlockY * Results(size.KernelWidth);
        int depth = size.KernelFrames * size.Input.Channels;
        Registers<MatrixC<float>> sums = Registers.Of<MatrixC<float>>(TileProduct<T, Tile>.Sums);
        var patch = new ConvolutionPatch<T>(
            frames.Of(Grid.BlockX), size.Input, ofFrame, firstRow - size.PadTop, firstColumn - size.PadLeft, depth);
        var columns = new MatrixRows<T>(weight, size.KernelHeight * size.KernelWidth * size.OutputChannels, depth, depth);
        TileProduct<T, Tile>.Add(patch, columns, Shared.Dynamic<T>(), 0, 0, 0, depth, sums);
        Store(sums, Shared.Dynamic<float>());
        Block.Sync();
        Finish(Shared.Dynamic<float>(), firstRow, firstColumn);
    }

    private static void Store(Registers<MatrixC<float>> sums, Shared<float> products)
    {
        int lane = Block.ThreadX % Warp.Size, row = TileProduct<T, Tile>.WarpRow + lane / 4;
        for (int i = 0; i < Tile.WarpRows / MmaRows; i++)
        {
            for (int j = 0; j < Tile.Columns / MmaColumns; j++)
            {
                for (int k = 0; k < 4; k++)
                {
                    int place = (row + i * MmaRows + k / 2 * MmaRows / 2) * Pitch + j * MmaColumns + lane % 4 * 2 + k % 2;
                    products[place] = sums[i * (Tile.Columns / MmaColumns) + j][k];
                }
            }
        }
    }

    private void Finish(Shared<float> products, int firstRow, int firstColumn)
    {
        int outputs = size.OutputChannels, columns = Math.Min(Results(size.KernelWidth), size.OutputWidth - firstColumn);
        int rows = Math.Min(Results(size.KernelHeight), size.OutputHeight - firstRow), count = rows * columns * outputs;
        int firstPixel = (Grid.BlockX * size.OutputHeight + firstRow) * size.OutputWidth + firstColumn;
        for (int i = Block.ThreadX; i < count; i += Block.SizeX)
        {
            int pixel = i / outputs, output = i - pixel * outputs, row = pixel / columns, column = pixel - row * columns;
            float sum = 0;
            int tap = output;
            for (int h = 0; h < size.KernelHeight; h++)
            {
                for (int w = 0; w < size.KernelWidth; w++, tap += outputs)
                    sum += products[((row + h) * Side + column + w) * Pitch + tap];
            }
            ending.One(firstPixel + row * size.OutputWidth + column, output, sum);
        }
    }

    private readonly struct Tile : IProductTile
    {
        public static int Rows => Side * Side;

        public static int Columns => 32;

        public static int WarpRows => 64;

        public static int WarpColumns => 32;

        public static int Stages => 3;

        public static int Residents => 2;
    }
}
