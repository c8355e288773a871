using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>Adds the sums of all parts of the inputs, and finishes them: eight neighbours a thread.</summary>
/// <param name="parts">Sums of the parts.</param>
/// <param name="count">How many parts.</param>
/// <param name="rows">Rows of the result.</param>
/// <param name="outputs">Its columns.</param>
/// <param name="ending">What becomes of the sums.</param>
[KernelInstance("linear_parts", typeof(LinearCudaFinish))]
[KernelInstance("linear_parts_scaled", typeof(LinearScaledFinish))]
internal readonly struct LinearPartsKernel<TEnding>(LinearPartSums parts, int count, int rows, int outputs, TEnding ending) : IKernel
    where TEnding : unmanaged, ITileEnding
{
    /// <summary>Sums of a thread.</summary>
    public const int Eight = 8;

    /// <inheritdoc/>
    public static Block Block => new(128);

    /// <inheritdoc/>
    public void Run()
    {
        int index = Grid.BlockX * Block.SizeX + Block.ThreadX, rowEights = (outputs + Eight - 1) / Eight, row = index / rowEights;
        int column = (index - row * rowEights) * Eight;
        if (row >= rows)
            return;
        Registers<float> sums = parts.Total(count, row, column);
        if (ending.TakesEights)
        {
            ending.Eights(new TileRows(row, 1, 1, rows), column, sums);
            return;
        }
        for (int i = 0; i < Eight; i++)
        {
            if (column + i < outputs)
                ending.One(row, column + i, sums[i]);
        }
    }
}
