namespace CogVideoX.Emulator.Tensor;

/// <summary>Which element of a matrix each lane keeps where (PTX ISA 9.7.14.5, figures of the m16n8 fragments).</summary>
internal static class Fragment
{
    /// <summary>Row of A in register r of a lane.</summary>
    public static int RowOfA(int lane, int register) => (lane >> 2) + (register & 1) * 8;

    /// <summary>K of element e of register r, for A (two registers a K step) or B (one), with some elements a register.</summary>
    public static int KOf(int lane, int step, int element, int perRegister) =>
        (lane & 3) * perRegister + element + step * 4 * perRegister;

    /// <summary>Row of C and D in element i of a lane: two neighbours in a row, the next two 8 rows below.</summary>
    public static int RowOfC(int lane, int i) => (lane >> 2) + i / 2 % 2 * 8;

    /// <summary>Lane and its element that hold a place of C and D.</summary>
    public static (int Lane, int I) OfC(int row, int column) =>
        (row % 8 * 4 + column % 8 / 2, column / 8 * 4 + row / 8 * 2 + (column & 1));

    public static int ColumnOfC(int lane, int i) => (lane & 3) * 2 + (i & 1) + i / 4 * 8;
}
