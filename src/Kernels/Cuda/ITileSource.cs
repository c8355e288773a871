namespace CogVideoX.Kernels.Cuda;

/// <summary>
/// An operand of a product as its tiles are copied: rows of numbers, 16 bytes at a time. What depends on the row alone is taken out of the
/// loop over depths by the compiler, so that an implementation needs no state.
/// </summary>
/// <typeparam name="T">BFloat16 or Half; byte for numbers of 8 bits.</typeparam>
internal interface ITileSource<T> where T : unmanaged
{
    /// <summary>The first of the numbers in 16 bytes, which are aligned to 16.</summary>
    /// <param name="row">May lie beyond the last row: then any address will do, since what comes of it is never stored.</param>
    /// <param name="depth">A multiple of their number; may lie beyond the last, where nothing is read.</param>
    ref T At(int row, int depth);

    /// <summary>16, or 0 where zeros take the place of the numbers.</summary>
    int BytesAt(int row, int depth);
}
