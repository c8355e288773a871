using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>y = xᵀ through a shared tile whose rows are padded by one, so that neither side meets a bank twice.</summary>
/// <param name="x">[rows, columns]</param> <param name="y">[columns, rows]</param>
[KernelName("transpose")]
public readonly struct Transpose(View<float> x, View<float> y, int rows, int columns) : IKernel
{
    private const int Tile = 32, Pitch = Tile + 1, Step = 8;

    public static Block Block => new(Tile, Step);

    public void Run()
    {
        Shared<float> tile = Shared.Array<float>(Tile * Pitch);
        int column = Grid.BlockX * Tile + Block.ThreadX, row = Grid.BlockY * Tile + Block.ThreadY;
        for (int j = 0; j < Tile; j += Step)
        {
            if (column < columns && row + j < rows)
                tile[(Block.ThreadY + j) * Pitch + Block.ThreadX] = x[(row + j) * columns + column];
        }
        Block.Sync();
        column = Grid.BlockY * Tile + Block.ThreadX;
        row = Grid.BlockX * Tile + Block.ThreadY;
        for (int j = 0; j < Tile; j += Step)
        {
            if (column < rows && row + j < columns)
                y[(row + j) * rows + column] = tile[Block.ThreadX * Pitch + Block.ThreadY + j];
        }
    }
}
