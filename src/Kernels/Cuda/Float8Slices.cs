using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Cuda;

/// <summary>
/// A left operand of 16 bits, and a right one of 8-bit floats (E4M3) that become 16 bits in registers, exactly. Four of them that a lane
/// loads are four neighbouring depths, where a lane's share of a product is twice two that lie eight apart: sums don't mind which depths
/// these are as long as the left operand has the same, so the left one is read four neighbours a lane, too. Chunks of a row are exchanged
/// by row, so that no two accesses of a phase meet in a bank. What is no number becomes 480.
/// </summary>
internal readonly struct Float8Slices<T, TTile, TRows, TColumns>(TRows rows, TColumns columns) : ITileSlices<T>
    where T : unmanaged
    where TTile : IProductTile
    where TRows : struct, ITileSource<T>
    where TColumns : struct, ITileSource<byte>
{
    private const int Depth = TileProduct<T, TTile>.Depth, HalfDepth = Depth / 2;
    private const int LeftChunk = CudaQueue.AccessBytes / 2, LeftChunks = Depth / LeftChunk;
    private const int RightChunk = CudaQueue.AccessBytes, RightChunks = Depth / RightChunk;
    private const uint Signs = 0x8000_8000, Others = 0x7F00_7F00;

    // The exponent's bias is 7 there, and 127 or 15 here.
    private const uint ScaleToBFloat16 = 0x7B80_7B80, ScaleToHalf = 0x5C00_5C00; // 2¹²⁰, 2⁸, twice

    /// <inheritdoc/>
    public static int Numbers => (TTile.Rows + TTile.Columns / 2) * Depth;

    /// <inheritdoc/>
    public static int RightLoads => TTile.WarpColumns / Warp.Size;

    /// <inheritdoc/>
    public void Copy(Shared<T> slice, int firstRow, int firstColumn, int depth)
    {
        int row = Block.ThreadX / LeftChunks, chunk = Block.ThreadX % LeftChunks, at = depth + chunk * LeftChunk;
        for (int below = 0; below < TTile.Rows; below += TileProduct<T, TTile>.Threads / LeftChunks)
        {
            AsyncCopy.Sixteen(
                ref slice[LeftPlace(row, chunk) + below * Depth], ref rows.At(firstRow + row + below, at),
                rows.BytesAt(firstRow + row + below, at));
        }
        Shared<byte> right = slice.Slice(TTile.Rows * Depth).As<byte>();
        int column = Block.ThreadX / RightChunks, part = Block.ThreadX % RightChunks, from = depth + part * RightChunk;
        for (int below = 0; below < TTile.Columns; below += TileProduct<T, TTile>.Threads / RightChunks)
        {
            AsyncCopy.Sixteen(
                ref right[RightPlace(column, part) + below * Depth], ref columns.At(firstColumn + column + below, from),
                columns.BytesAt(firstColumn + column + below, from));
        }
    }

    /// <inheritdoc/>
    public void Load(Shared<T> slice, int half, Registers<MatrixA<T>> left, Registers<MatrixBPair<T>> right)
    {
        int lane = Block.ThreadX % Warp.Size, four = lane % 4;
        int row = (LeftPlace(TileProduct<T, TTile>.WarpRow + lane / 4, four / 2) + four % 2 * 4) ^ half * HalfDepth;
        for (int i = 0; i < TileProduct<T, TTile>.RowTiles; i++)
        {
            Bits64 low = slice.Slice(row + i * 16 * Depth).As<Bits64>()[0], high = slice.Slice(row + (i * 16 + 8) * Depth).As<Bits64>()[0];
            MatrixA<T> tile = default;
            (tile[0], tile[1], tile[2], tile[3]) = (low.First, high.First, low.Second, high.Second);
            left[i] = tile;
        }
        // An address is that of a lane's column; a tile of eight columns has 16 depths.
        int column = RightPlace(TileProduct<T, TTile>.WarpColumn + lane, 0) ^ half * RightChunk;
        for (int j = 0; j < RightLoads; j++)
            right[j] = Mma.LoadBPair(ref slice[TTile.Rows * Depth + (column + j * Warp.Size * Depth) / 2]);
    }

    /// <inheritdoc/>
    public Registers<MatrixBPair<T>> Right(Registers<MatrixBPair<T>> loaded)
    {
        Registers<MatrixBPair<T>> pairs = Registers.Of<MatrixBPair<T>>(2 * RightLoads);
        for (int j = 0; j < RightLoads; j++)
        {
            pairs[2 * j].First = Widen(loaded[j].First[0]);
            pairs[2 * j].Second = Widen(loaded[j].First[1]);
            pairs[2 * j + 1].First = Widen(loaded[j].Second[0]);
            pairs[2 * j + 1].Second = Widen(loaded[j].Second[1]);
        }
        return pairs;
    }

    // Row by row the halves of a slice change places, so that four rows of 32 bytes lie in different banks.
    private static int LeftPlace(int row, int chunk) => row * Depth + (chunk ^ row / 2 % 2 * 2) * LeftChunk;

    // In bytes. Eight rows of 16 bytes lie in different banks.
    private static int RightPlace(int column, int chunk) => column * Depth + (chunk ^ column / 4 % 2) * RightChunk;

    private static MatrixB<T> Widen(uint four)
    {
        MatrixB<T> operand = default;
        operand[0] = Pair(Bits.Permute(four, 0, 0x1404));
        operand[1] = Pair(Bits.Permute(four, 0, 0x3424));
        return operand;
    }

    // Each number in the upper byte of its half: sign, exponent and fraction go to their places, and the scale mends the exponent.
    private static uint Pair(uint apart) => typeof(T) == typeof(BFloat16)
        ? Scale<T>(apart & Signs | (apart & Others) >> 4, Register(ScaleToBFloat16), Register(Signs))
        : Scale<T>(apart & Signs | (apart & Others) >> 1, Register(ScaleToHalf), Register(Signs));

    // The manual has no such constants for pairs of halves.
    [Ptx("mov.b32 {result}, {bits};", Pure = true)]
    private static uint Register(uint bits) => throw new NotSupportedException("On a GPU only.");

    // Of each half; −0 is added, so that no zero changes its sign.
    [Types(typeof(Half), typeof(BFloat16), Instead = "Other numbers aren't pairs of 32 bits")]
    [Ptx("fma.rn.{TNumber}x2 {result}, {pair}, {factor}, {zeros};", Pure = true)]
    private static uint Scale<TNumber>(uint pair, uint factor, uint zeros) where TNumber : unmanaged =>
        throw new NotSupportedException("On a GPU only.");
}
