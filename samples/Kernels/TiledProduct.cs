using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>C = A·B, each block a tile of C, through tiles of A and B in shared memory: generic over the element and the tile.</summary>
/// <param name="a">[m, k]</param> <param name="b">[k, n]</param> <param name="c">[m, n]</param>
[KernelInstance("tiled_product_f32", typeof(float), typeof(Elements.F32), typeof(Tiles.T16X16))]
[KernelInstance("tiled_product_f16", typeof(Half), typeof(Elements.F16), typeof(Tiles.T8X32))]
[KernelInstance("tiled_product_bf16", typeof(BFloat16), typeof(Elements.BF16), typeof(Tiles.T16X16))]
public readonly struct TiledProduct<T, TElement, TTile>(View<T> a, View<T> b, View<float> c, int m, int n, int k) : IKernel
    where T : unmanaged
    where TElement : IElement<T>
    where TTile : ITile
{
    public static Block Block => new(TTile.Columns, TTile.Rows);

    public void Run()
    {
        Shared<float> left = Shared.Array<float>(TTile.Rows * TTile.Depth), right = Shared.Array<float>(TTile.Depth * TTile.Columns);
        int row = Grid.BlockY * TTile.Rows + Block.ThreadY, column = Grid.BlockX * TTile.Columns + Block.ThreadX;
        float sum = 0;
        for (int first = 0; first < k; first += TTile.Depth)
        {
            for (int i = Block.ThreadX; i < TTile.Depth; i += TTile.Columns)
                left[Block.ThreadY * TTile.Depth + i] = row < m && first + i < k ? TElement.Widen(a[row * k + first + i]) : 0;
            for (int i = Block.ThreadY; i < TTile.Depth; i += TTile.Rows)
            {
                right[i * TTile.Columns + Block.ThreadX] =
                    column < n && first + i < k ? TElement.Widen(b[(first + i) * n + column]) : 0;
            }
            Block.Sync();
            for (int i = 0; i < TTile.Depth; i++)
                sum = MathF.FusedMultiplyAdd(left[Block.ThreadY * TTile.Depth + i], right[i * TTile.Columns + Block.ThreadX], sum);
            Block.Sync();
        }
        if (row < m && column < n)
            c[row * n + column] = sum;
    }
}
