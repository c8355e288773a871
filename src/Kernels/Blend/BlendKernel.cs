using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>A tile whose first rows fade from the last rows of another, some eights of neighbours a thread.</summary>
/// <typeparam name="T">BFloat16 or Half.</typeparam>
/// <param name="before">[outer, beforeSize, inner]</param>
/// <param name="after">[outer, afterSize, inner]</param>
/// <param name="y">[outer, afterSize, inner]</param>
/// <param name="count">Eights of y, at most <see cref="MostEights"/>.</param>
/// <param name="beforeSize">Rows of the tile before.</param>
/// <param name="afterSize">Rows of the result.</param>
/// <param name="inner">Eights of a row.</param>
/// <param name="extent">Rows that fade; at most as many as either tile has.</param>
[KernelInstance("blend_bf16", typeof(BFloat16))]
internal readonly unsafe struct BlendKernel<T>(
    Bits128* before, Bits128* after, Bits128* y, int count, int beforeSize, int afterSize, int inner, int extent) : IKernel
    where T : unmanaged
{
    /// <summary>Eights of a CTA.</summary>
    public const int Eights = Threads * Loads;

    /// <summary>The most eights.</summary>
    public const int MostEights = int.MaxValue - Eights;

    private const int Threads = 256, Loads = 4, Eight = 8;

    /// <inheritdoc/>
    public static Block Block => new(Threads);

    /// <inheritdoc/>
    public void Run()
    {
        int first = Grid.BlockX * Eights + Block.ThreadX;
        Registers<Bits128> own = Registers.Of<Bits128>(Loads), other = Registers.Of<Bits128>(Loads);
        for (int i = 0; i < Loads; i++)
        {
            int index = first + i * Threads;
            if (index >= count)
                continue;
            own[i] = after[index];
            (int row, long source) = Place(index);
            if (row < extent)
                other[i] = before[source];
        }
        for (int i = 0; i < Loads; i++)
        {
            int index = first + i * Threads;
            if (index >= count)
                continue;
            (int row, _) = Place(index);
            y[index] = row < extent ? Faded(other[i], own[i], (float)row / extent) : own[i];
        }
    }

    private static Bits128 Faded(Bits128 from, Bits128 to, float share)
    {
        Registers<float> values = Registers.Of<float>(Eight), added = Registers.Of<float>(Eight);
        PackedEight<T>.Widen(from, values);
        PackedEight<T>.Widen(to, added);
        for (int k = 0; k < Eight; k++)
            values[k] = MathF.FusedMultiplyAdd(added[k], share, values[k] * (1 - share));
        return PackedEight<T>.Of(values);
    }

    /// <summary>The row of an eight of y, and which eight of the tile before lies under it while rows fade.</summary>
    private (int Row, long Source) Place(int index)
    {
        uint line = (uint)index / (uint)inner, block = line / (uint)afterSize;
        int row = (int)(line - block * (uint)afterSize), column = index - (int)line * inner;
        return (row, ((long)block * beforeSize + beforeSize - extent + row) * inner + column);
    }
}
