namespace CogVideoX.Tensors.Pickles;

/// <summary>Copies elements that lie in another order than their shape's, or with their bytes turned around.</summary>
internal static unsafe class StridedElements
{
    private const int Tile = 32; // rows and columns of a tile stay in the first-level cache while they are turned

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

    // Matrices of the last two dimensions, in tiles: rows in one order and columns in the other.
    private static void Copy<T>(T* source, PickleTensor tensor, T* target) where T : unmanaged
    {
        Shape shape = tensor.Shape;
        int rank = shape.Rank;
        int columns = rank > 0 ? shape[-1] : 1, rows = rank > 1 ? shape[-2] : 1;
        long columnStride = rank > 0 ? tensor.Strides[^1] : 0, rowStride = rank > 1 ? tensor.Strides[^2] : 0;
        long matrix = (long)rows * columns;
        for (long first = 0; first < shape.Count; first += matrix)
        {
            long from = 0, rest = first / matrix;
            for (int i = rank - 3; i >= 0; i--)
                (rest, from) = (rest / shape[i], from + rest % shape[i] * tensor.Strides[i]);
            for (int row = 0; row < rows; row += Tile)
            {
                for (int column = 0; column < columns; column += Tile)
                {
                    for (int r = row; r < Math.Min(row + Tile, rows); r++)
                    {
                        for (int c = column; c < Math.Min(column + Tile, columns); c++)
                            target[first + (long)r * columns + c] = source[from + r * rowStride + c * columnStride];
                    }
                }
            }
        }
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
