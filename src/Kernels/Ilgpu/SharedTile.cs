using System.Runtime.CompilerServices;
using ILGPU;

namespace CogVideoX.Kernels.Ilgpu;

/// <summary>
/// How a tile's numbers lie in shared memory while they are multiplied: <see cref="Depth"/> lines of one number for each row (or
/// column), so that a thread reads quads of neighbours, each line a quad longer than its numbers, so that the quads along a row, which
/// is how numbers come, are written to different banks. Two stages: one is filled while the other is multiplied.
/// </summary>
internal static class SharedTile
{
    /// <summary>Products of one stage.</summary>
    public const int Depth = 8;

    /// <summary>Quads of a row in one stage: a load each.</summary>
    public const int RowQuads = Depth / 4;

    /// <summary>Quads of a line of so many rows.</summary>
    public static int Line(int size) => size / 4 + 1;

    /// <summary>Puts four neighbouring numbers of a row where they belong.</summary>
    /// <param name="tile">Shared memory, number by number.</param>
    /// <param name="stage">Its first line.</param>
    /// <param name="line">Quads of a line.</param>
    /// <param name="row">The row in the tile.</param>
    /// <param name="quad">Which quad of the row.</param>
    /// <param name="values">The numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ArrayView<float> tile, int stage, int line, int row, int quad, Float4 values)
    {
        ArrayView<float> target = tile.SubView((stage + quad * 4) * line * 4 + row);
        target[0] = values.X;
        target[line * 4] = values.Y;
        target[line * 8] = values.Z;
        target[line * 12] = values.W;
    }
}
