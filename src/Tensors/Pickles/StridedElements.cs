namespace CogVideoX.Tensors.Pickles;

/// <summary>Copies elements that lie in another order than their shape's, or with their bytes turned around.</summary>
internal static unsafe class StridedElements
{
    private const int Tile = 64; // rows and columns of a tile stay in the first-level cache while they are turned

    /// <summary>Copies all elements of a tensor.</summary>
    /// <param name="source">The first element.</param>
    /// <param name="tensor">Which they are.</param>
    /// <param name="swaps">Whether the bytes of each are turned around.</param>
    /// <param name="target">Where they go, in the order of the shape.</param>
    public static void Copy(byte* source, PickleTensor tensor, bool swaps, byte* target)
    {
        switch (tensor.Type.Size)
        {
            case 1: Copy((byte*)source, tensor, (byte*)target); break;
            case 2: Copy((ushort*)source, tensor, (ushort*)target); break;
            case 4: Copy((uint*)source, tensor, (uint*)target); break;
            default: Copy((ulong*)source, tensor, (ulong*)target); break;
        }
        if (swaps)
            Swap(target, tensor.Shape.Count, tensor.Type.Size);
    }

    // Matrices of the last two dimensions: rows as a whole where their elements are neighbours, else in tiles, in the order in which
    // a column-major matrix lies in the file.
    private static void Copy<T>(T* source, PickleTensor tensor, T* target) where T : unmanaged
    {
        Shape shape = tensor.Shape;
        int rank = shape.Rank;
        int columns = rank > 0 ? shape[-1] : 1, rows = rank > 1 ? shape[-2] : 1;
        long columnStride = rank > 0 ? tensor.Strides[^1] : 1, rowStride = rank > 1 ? tensor.Strides[^2] : 0;
        long matrix = (long)rows * columns;
        for (long first = 0; first < shape.Count; first += matrix)
        {
            long from = 0, rest = first / matrix;
            for (int i = rank - 3; i >= 0; i--)
                (rest, from) = (rest / shape[i], from + rest % shape[i] * tensor.Strides[i]);
            if (columnStride == 1)
            {
                for (int row = 0; row < rows; row++)
                {
                    var result = new Span<T>(target + first + (long)row * columns, columns);
                    new ReadOnlySpan<T>(source + from + row * rowStride, columns).CopyTo(result);
                }
                continue;
            }
            for (int column = 0; column < columns; column += Tile)
            {
                for (int row = 0; row < rows; row += Tile)
                {
                    T* tile = source + from + row * rowStride + column * columnStride;
                    T* turned = target + first + (long)row * columns + column;
                    Turn(tile, rowStride, columnStride, turned, columns, Math.Min(Tile, rows - row), Math.Min(Tile, columns - column));
                }
            }
        }
    }

    // By way of a block of its own: rows of the result are often as far apart as the lines that a cache has one place for.
    private static void Turn<T>(T* source, long rowStride, long columnStride, T* target, long width, int rows, int columns)
        where T : unmanaged
    {
        T* tile = stackalloc T[Tile * Tile];
        for (int column = 0; column < columns; column++)
        {
            T* from = source + column * columnStride;
            for (int row = 0; row < rows; row++)
                tile[row * Tile + column] = from[row * rowStride];
        }
        for (int row = 0; row < rows; row++)
            new ReadOnlySpan<T>(tile + row * Tile, columns).CopyTo(new Span<T>(target + row * width, columns));
    }

    private static void Swap(byte* elements, long count, int size)
    {
        for (long i = 0; i < count; i++)
        {
            byte* element = elements + i * size;
            new Span<byte>(element, size).Reverse();
        }
    }
}
