using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>Blocks of 16-byte words from one distance to another, some words a thread.</summary>
/// <param name="x">The first block.</param>
/// <param name="y">Where it goes.</param>
/// <param name="count">Words of all blocks, at most <see cref="MostWords"/>.</param>
/// <param name="words">Of a block.</param>
/// <param name="xStride">Words from block to block of x.</param>
/// <param name="yStride">Words from block to block of y.</param>
[KernelName("strided_copy")]
internal readonly unsafe struct StridedCopyKernel(Bits128* x, Bits128* y, int count, int words, long xStride, long yStride) : IKernel
{
    /// <summary>Words of a CTA.</summary>
    public const int Words = Threads * Loads;

    /// <summary>The most words.</summary>
    public const int MostWords = int.MaxValue - Words;

    private const int Threads = 256, Loads = 4;

    /// <inheritdoc/>
    public static Block Block => new(Threads);

    /// <inheritdoc/>
    public void Run()
    {
        int first = Grid.BlockX * Words + Block.ThreadX;
        Registers<Bits128> packed = Registers.Of<Bits128>(Loads);
        for (int i = 0; i < Loads; i++)
        {
            if (first + i * Threads < count)
                packed[i] = x[Place(first + i * Threads, xStride)];
        }
        for (int i = 0; i < Loads; i++)
        {
            if (first + i * Threads < count)
                y[Place(first + i * Threads, yStride)] = packed[i];
        }
    }

    private long Place(int index, long stride)
    {
        uint block = (uint)index / (uint)words;
        return block * stride + (index - (int)block * words);
    }
}
