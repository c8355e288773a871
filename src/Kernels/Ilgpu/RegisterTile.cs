using System.Runtime.CompilerServices;
using ILGPU;

namespace CogVideoX.Kernels.Ilgpu;

/// <summary>
/// What a thread has of a tile of products: 8 × 8 sums in registers, of 4 + 4 rows and 4 + 4 columns, which lie in both halves of the
/// tile, so that the threads of a warp read neighbouring quads. (Fields, since ILGPU puts arrays into memory; values that are replaced,
/// never changed in place, since a reference to one would put it there, too.)
/// </summary>
internal readonly struct RegisterTile(
    Float8 row0, Float8 row1, Float8 row2, Float8 row3, Float8 row4, Float8 row5, Float8 row6, Float8 row7)
{
    /// <summary>Rows of a thread, and columns.</summary>
    public const int Size = 8;

    /// <summary>The first row, of the first half.</summary>
    public readonly Float8 Row0 = row0;

    private readonly Float8 row1 = row1, row2 = row2, row3 = row3, row4 = row4, row5 = row5, row6 = row6, row7 = row7;

    /// <summary>The rows from the second on: eight of these make each the first once, in a loop that isn't unrolled.</summary>
    public RegisterTile Next => new(row1, row2, row3, row4, row5, row6, row7, row7);

    /// <summary>The sums and one product more of each row's and each column's number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RegisterTile Plus(Float8 rows, Float8 columns) => new(
        Row0.Plus(rows.Low.X, columns),
        row1.Plus(rows.Low.Y, columns),
        row2.Plus(rows.Low.Z, columns),
        row3.Plus(rows.Low.W, columns),
        row4.Plus(rows.High.X, columns),
        row5.Plus(rows.High.Y, columns),
        row6.Plus(rows.High.Z, columns),
        row7.Plus(rows.High.W, columns));

    /// <summary>The sums and the products of one stage of shared memory, in the order of its depth.</summary>
    /// <param name="rows">The rows' numbers, <see cref="SharedTile.Depth"/> times a line of quads.</param>
    /// <param name="row">The thread's first quad of them, in the stage.</param>
    /// <param name="rowHalf">How many quads later the one in the second half is.</param>
    /// <param name="rowLine">Quads of a line.</param>
    /// <param name="columns">The same of the columns.</param>
    /// <param name="column">Likewise.</param>
    /// <param name="columnHalf">Likewise.</param>
    /// <param name="columnLine">Likewise.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RegisterTile PlusStage(
        ArrayView<Float4> rows, int row, int rowHalf, int rowLine, ArrayView<Float4> columns, int column, int columnHalf, int columnLine)
    {
        // Two products a turn: ILGPU puts each sum's products one after the other, and with all eight 128 registers would hold factors.
        // What the turns count up, it can't compute anew in each.
        RegisterTile sums = this;
        for (int k = 0; k < SharedTile.Depth; k += 2, row += 2 * rowLine, column += 2 * columnLine)
        {
            ArrayView<Float4> rowsOfTurn = rows.SubView(row), columnsOfTurn = columns.SubView(column);
            sums = sums.Plus(Pair(rowsOfTurn, 0, rowHalf), Pair(columnsOfTurn, 0, columnHalf));
            sums = sums.Plus(Pair(rowsOfTurn, rowLine, rowHalf), Pair(columnsOfTurn, columnLine, columnHalf));
        }
        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float8 Pair(ArrayView<Float4> quads, int first, int half) => new(quads[first], quads[first + half]);
}
