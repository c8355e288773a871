using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>Means of pairs of frames, some eights of neighbours a thread.</summary>
/// <typeparam name="T">BFloat16 or Half.</typeparam>
/// <param name="x">[batch, frames, inner]</param>
/// <param name="y">[batch, results, inner]</param>
/// <param name="count">Eights of y, at most <see cref="MostEights"/>.</param>
/// <param name="frames">Of a batch item; of an odd number the first is copied.</param>
/// <param name="results">Frames of the result.</param>
/// <param name="inner">Eights of a frame.</param>
[KernelInstance("average_frame_pairs_bf16", typeof(BFloat16))]
internal readonly unsafe struct AverageFramesKernel<T>(Bits128* x, Bits128* y, int count, int frames, int results, int inner) : IKernel
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
        int start = Grid.BlockX * Eights + Block.ThreadX;
        Registers<Bits128> first = Registers.Of<Bits128>(Loads), second = Registers.Of<Bits128>(Loads);
        for (int i = 0; i < Loads; i++)
        {
            int index = start + i * Threads;
            if (index >= count)
                continue;
            uint frame = (uint)index / (uint)inner, item = frame / (uint)results;
            int result = (int)(frame - item * (uint)results), odd = frames % 2;
            Bits128* pair = x + ((long)item * frames + Math.Max(0, 2 * result - odd)) * inner + (index - (int)frame * inner);
            first[i] = pair[0];
            second[i] = pair[result == 0 && odd == 1 ? 0 : inner];
        }
        for (int i = 0; i < Loads; i++)
        {
            if (start + i * Threads < count)
                y[start + i * Threads] = Mean(first[i], second[i]);
        }
    }

    private static Bits128 Mean(Bits128 first, Bits128 second)
    {
        Registers<float> values = Registers.Of<float>(Eight), added = Registers.Of<float>(Eight);
        PackedEight<T>.Widen(first, values);
        PackedEight<T>.Widen(second, added);
        for (int k = 0; k < Eight; k++)
            values[k] = (values[k] + added[k]) * 0.5f;
        return PackedEight<T>.Of(values);
    }
}
