using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>
/// Tokens of one head in shared memory. A row's chunks of 16 bytes are permuted by bits of its number (XOR), so that the same chunk of
/// eight rows falls on all banks, whatever the width: the eight addresses of a tile of ldmatrix meet in none.
/// </summary>
/// <param name="memory">[rows, width]</param>
internal readonly unsafe struct HeadTile<T, THead>(Shared<T> memory)
    where T : unmanaged
    where THead : IHeadShape
{
    private const int ChunkElements = 8, Banks = 8; // of 16 bytes

    private static int Chunks => THead.Width / ChunkElements;

    /// <summary>Chunks that are permuted among themselves: the largest power of two that divides a row's, up to all banks.</summary>
    private static int Group => Math.Min(Chunks & -Chunks, Banks);

    private static int RowsAtOnce => Block.Size / Group;

    private static int Lane => Block.ThreadX % Warp.Size;

    /// <summary>Elements from a tile's first to those that this thread copies first; neighbours copy neighbouring chunks.</summary>
    public static int ThreadOffset(int stride) => Block.ThreadX / Group * stride + Block.ThreadX % Group * ChunkElements;

    /// <summary>Starts copying tokens.</summary>
    /// <param name="firstRow">Where they go; a multiple of 8.</param>
    /// <param name="rows">How many.</param>
    /// <param name="source">Where this thread's first elements are.</param>
    /// <param name="stride">Elements from a token to the next.</param>
    public void Copy(int firstRow, int rows, T* source, int stride)
    {
        for (int row = 0; row < rows; row += RowsAtOnce)
        {
            for (int first = 0; first < Chunks; first += Group)
                AsyncCopy.Sixteen(ref Copied(firstRow + row, first), ref source[first * ChunkElements]);
            source += RowsAtOnce * stride;
        }
    }

    /// <summary>Starts copying tokens some of which may not be there; those become zeros.</summary>
    /// <param name="firstRow">Where they go; a multiple of 8.</param>
    /// <param name="rows">How many.</param>
    /// <param name="source">Where the first token's head begins.</param>
    /// <param name="stride">Elements from a token to the next.</param>
    /// <param name="count">Tokens that there are, at least one.</param>
    public void CopyEdge(int firstRow, int rows, T* source, int stride, int count)
    {
        for (int row = 0; row < rows; row += RowsAtOnce)
        {
            int token = Block.ThreadX / Group + row;
            int from = Math.Min(token, count - 1) * stride + Block.ThreadX % Group * ChunkElements;
            for (int first = 0; first < Chunks; first += Group)
            {
                AsyncCopy.Sixteen(
                    ref Copied(firstRow + row, first), ref source[from + first * ChunkElements],
                    token < count ? CudaQueue.AccessBytes : 0);
            }
        }
    }

    /// <summary>16 rows, 16 columns as the left operand of a product.</summary>
    /// <param name="firstRow">A multiple of 8.</param>
    /// <param name="depth">Which 16 columns.</param>
    public MatrixA<T> LoadLeft(int firstRow, int depth) => Mma.LoadA(ref RowsFirst(firstRow, depth));

    /// <summary>16 rows, 16 columns as the right operands of two products by the transpose.</summary>
    /// <inheritdoc cref="LoadLeft"/>
    public MatrixBPair<T> LoadTransposed(int firstRow, int depth) => Mma.LoadBPair(ref ColumnsFirst(firstRow, depth));

    /// <summary>16 rows, 16 columns as the right operands of two products.</summary>
    /// <inheritdoc cref="LoadLeft"/>
    public MatrixBPair<T> LoadRight(int firstRow, int depth) => Mma.LoadTransposedBPair(ref RowsFirst(firstRow, depth));

    /// <summary>Puts two neighbours where a lane has them in a product's result.</summary>
    /// <param name="firstRow">A multiple of 8.</param>
    /// <param name="column">Which 8 columns.</param>
    /// <param name="pair">Both numbers.</param>
    public void Store(int firstRow, int column, uint pair)
    {
        int place = Place(firstRow, Lane / 4, column % Group, column / Group * Group) * ChunkElements + Lane % 4 * 2;
        memory.Slice(place).As<uint>()[0] = pair;
    }

    /// <summary>Writes rows that this warp has stored to global memory.</summary>
    /// <param name="firstRow">A multiple of 8.</param>
    /// <param name="rows">Of this warp.</param>
    /// <param name="target">Where the first row's head goes.</param>
    /// <param name="stride">Elements from a token to the next.</param>
    /// <param name="count">Rows that there are to write.</param>
    public void Write(int firstRow, int rows, T* target, int stride, int count)
    {
        for (int row = Lane / Group; row < rows; row += Warp.Size / Group)
        {
            if (row >= count)
                return;
            for (int first = 0; first < Chunks; first += Group)
            {
                Float4 chunk = memory.As<Float4>()[Place(firstRow, row, Lane % Group, first)];
                *(Float4*)(target + row * stride + (Lane % Group + first) * ChunkElements) = chunk;
            }
        }
    }

    /// <summary>Where this thread's chunk of a group goes, of the rows that are copied at once.</summary>
    private ref T Copied(int firstRow, int firstChunk) =>
        ref memory[Place(firstRow, Block.ThreadX / Group, Block.ThreadX % Group, firstChunk) * ChunkElements];

    // A lane's address for ldmatrix: a product takes its right operand from neighbouring registers, so that the order of the four tiles
    // matters, and another one would cost two moves a product.
    private ref T RowsFirst(int firstRow, int depth) => ref Loaded(firstRow, depth, Lane % 16, Lane / 16);

    private ref T ColumnsFirst(int firstRow, int depth) => ref Loaded(firstRow, depth, Lane % 8 + Lane / 16 * 8, Lane / 8 % 2);

    private ref T Loaded(int firstRow, int depth, int row, int chunk) =>
        ref memory[Place(firstRow, row, depth * 2 % Group + chunk, depth * 2 / Group * Group) * ChunkElements];

    /// <summary>A chunk's place: what is known when compiled comes as summands of what isn't.</summary>
    /// <param name="firstRow">A multiple of 8, which the permutation doesn't see.</param>
    /// <param name="row">After it.</param>
    /// <param name="chunk">In its group.</param>
    /// <param name="firstChunk">The group's first.</param>
    private static int Place(int firstRow, int row, int chunk, int firstChunk) =>
        firstRow * Chunks + firstChunk + (row * Chunks + (chunk ^ row / (Banks / Group) % Group));
}
