using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>
/// x · Wᵀ for so few rows that reading W is all the work: eight columns a CTA, of which each warp takes every fourth part of the inputs. A
/// lane's 16 bytes of W are right operands of two products as they lie, since sums don't mind in which order both operands have their
/// inputs.
/// </summary>
/// <param name="x">[rows, inputs]</param>
/// <param name="weight">[outputs, inputs]</param>
/// <param name="rows">From 1 to <see cref="MostRows"/>.</param>
/// <param name="outputs">At least one.</param>
/// <param name="inputs">A multiple of eight.</param>
/// <param name="ending">What becomes of the sums.</param>
[KernelInstance("linear_few_rows_bf16", typeof(BFloat16))]
[KernelInstance("linear_few_rows_f16", typeof(Half))]
internal readonly unsafe struct LinearFewRowsKernel<T>(
    View<T> x, View<T> weight, int rows, int outputs, int inputs, LinearCudaFinish ending) : IKernel
    where T : unmanaged
{
    /// <summary>Rows that the kernel takes: those of a tensor core's left operand.</summary>
    public const int MostRows = 16;

    /// <summary>Columns of a CTA: those of a right operand.</summary>
    public const int Columns = 8;

    private const int Warps = 4, Chunk = 8, LoadDepth = 4 * Chunk, Loads = 4, Depth = Loads * LoadDepth;

    /// <inheritdoc/>
    public static Block Block => new(Warps * Warp.Size);

    /// <inheritdoc/>
    public void Run()
    {
        int warp = Block.ThreadX / Warp.Size, lane = Block.ThreadX % Warp.Size, row = lane / 4, first = lane % 4 * Chunk;
        // Rows and columns beyond the last are the last's: what comes of them isn't stored.
        T* low = Row(x, row, rows) + first, high = Row(x, row + MostRows / 2, rows) + first;
        T* right = Row(weight, Grid.BlockX * Columns + row, outputs) + first;
        MatrixC<float> sum = default;
        int depth = warp * Depth;
        for (; depth + Depth <= inputs; depth += Warps * Depth)
            sum = AddPart(low + depth, high + depth, right + depth, Depth, sum);
        if (depth < inputs)
            sum = AddPart(low + depth, high + depth, right + depth, inputs - depth - first, sum);
        Finish(warp, lane, sum);
    }

    private T* Row(View<T> matrix, int row, int count) => matrix.Pointer + (long)Math.Min(row, count - 1) * inputs;

    /// <summary>Adds what <see cref="Depth"/> inputs give, or as many as there are.</summary>
    private static MatrixC<float> AddPart(T* low, T* high, T* right, int left, MatrixC<float> sum)
    {
        Registers<Bits128> lowParts = Registers.Of<Bits128>(Loads), highParts = Registers.Of<Bits128>(Loads);
        Registers<Bits128> rightParts = Registers.Of<Bits128>(Loads);
        for (int i = 0; i < Loads; i++)
        {
            if (left <= i * LoadDepth)
                continue;
            rightParts[i] = *(Bits128*)(right + i * LoadDepth);
            lowParts[i] = *(Bits128*)(low + i * LoadDepth);
            highParts[i] = *(Bits128*)(high + i * LoadDepth);
        }
        for (int i = 0; i < Loads; i++)
        {
            sum = Multiply(
                lowParts[i].First, highParts[i].First, lowParts[i].Second, highParts[i].Second,
                rightParts[i].First, rightParts[i].Second, sum);
            sum = Multiply(
                lowParts[i].Third, highParts[i].Third, lowParts[i].Fourth, highParts[i].Fourth,
                rightParts[i].Third, rightParts[i].Fourth, sum);
        }
        return sum;
    }

    private static MatrixC<float> Multiply(uint a0, uint a1, uint a2, uint a3, uint b0, uint b1, MatrixC<float> sum)
    {
        MatrixA<T> a = default;
        (a[0], a[1], a[2], a[3]) = (a0, a1, a2, a3);
        MatrixB<T> b = default;
        (b[0], b[1]) = (b0, b1);
        return Mma.Multiply(a, b, sum);
    }

    /// <summary>Adds the warps' sums in their order, one a thread.</summary>
    private void Finish(int warp, int lane, MatrixC<float> sum)
    {
        const int Tile = MostRows * Columns;
        Shared<float> partial = Shared.Array<float>(Warps * Tile);
        for (int half = 0; half < 2; half++)
        {
            int row = lane / 4 + half * MostRows / 2;
            partial.Slice(warp * Tile + row * Columns + lane % 4 * 2).As<Float2>()[0] = new(sum[half * 2], sum[half * 2 + 1]);
        }
        Block.Sync();
        float total = 0;
        for (int i = 0; i < Warps; i++)
            total += partial[i * Tile + Block.ThreadX];
        int resultRow = Block.ThreadX / Columns, resultColumn = Grid.BlockX * Columns + Block.ThreadX % Columns;
        if (resultRow < rows && resultColumn < outputs)
            ending.One(resultRow, resultColumn, total);
    }
}
