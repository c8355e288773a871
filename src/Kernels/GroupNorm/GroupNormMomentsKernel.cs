using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>
/// Mean and squared distances from it of each channel of a chunk of pixels. A thread adds up distances from its first pixel, and their
/// squares: of n numbers, one of which is the first, what cancels in their difference is n times what stays at most. Then a CTA's pixels
/// are put together as Chan, Golub and LeVeque do (1983).
/// </summary>
/// <typeparam name="T">BFloat16 or Half.</typeparam>
/// <param name="x">[batch, pixels, channels]</param>
/// <param name="moments">[batch, chunks, channels], mean and squares</param>
/// <param name="pixels">Of a batch item.</param>
/// <param name="channels">A multiple of eight.</param>
/// <param name="chunkPixels">Pixels of a chunk.</param>
[KernelInstance("group_norm_moments_bf16", typeof(BFloat16))]
internal readonly unsafe struct GroupNormMomentsKernel<T>(
    View<T> x, View<Float2> moments, long pixels, int channels, int chunkPixels) : IKernel
    where T : unmanaged
{
    private const int Threads = GroupNormCudaPlan.Threads, Eight = GroupNormCudaPlan.Eight, Loads = 8;

    // So that neither neighbouring threads nor neighbouring channels meet in a bank.
    private const int Pitch = Threads + 2;

    /// <inheritdoc/>
    public static Block Block => new(Threads);

    /// <inheritdoc/>
    public void Run()
    {
        Shared<Float2> partial = Shared.Array<Float2>(Eight * Pitch);
        int columns = channels / Eight, lanes = Threads / columns, lane = Block.ThreadX / columns, column = Block.ThreadX - lane * columns;
        long first = (long)Grid.BlockX * chunkPixels, item = Grid.BlockY * pixels + first;
        int count = (int)Math.Min(chunkPixels, pixels - first);
        if (lane < Math.Min(lanes, count))
            Take(x.Pointer + item * channels + column * Eight, lane, lanes, count, partial.Slice(Block.ThreadX));
        Block.Sync();
        long target = ((long)Grid.BlockY * Grid.SizeX + Grid.BlockX) * channels;
        for (int channel = Block.ThreadX; channel < channels; channel += Threads)
            moments[target + channel] = Together(partial.Slice(channel % Eight * Pitch + channel / Eight), columns, lanes, count);
    }

    /// <summary>A thread's pixels.</summary>
    private void Take(T* x, int lane, int lanes, int count, Shared<Float2> partial)
    {
        Registers<Bits128> packed = Registers.Of<Bits128>(Loads);
        Registers<float> origin = Registers.Of<float>(Eight), sums = Registers.Of<float>(Eight), squares = Registers.Of<float>(Eight);
        PackedEight<T>.Widen(*(Bits128*)(x + lane * channels), origin);
        int pixel = lane;
        for (; pixel + (Loads - 1) * lanes < count; pixel += Loads * lanes)
        {
            for (int i = 0; i < Loads; i++)
                packed[i] = *(Bits128*)(x + (pixel + i * lanes) * channels);
            for (int i = 0; i < Loads; i++)
                Add(packed[i], origin, sums, squares);
        }
        for (; pixel < count; pixel += lanes)
            Add(*(Bits128*)(x + pixel * channels), origin, sums, squares);
        float share = Rounded.Reciprocal(PixelsOf(lane, lanes, count));
        for (int i = 0; i < Eight; i++)
        {
            float mean = sums[i] * share;
            partial[i * Pitch] = new(origin[i] + mean, MathF.FusedMultiplyAdd(-mean, sums[i], squares[i]));
        }
    }

    private static void Add(Bits128 packed, Registers<float> origin, Registers<float> sums, Registers<float> squares)
    {
        Registers<float> values = Registers.Of<float>(Eight);
        PackedEight<T>.Widen(packed, values);
        for (int i = 0; i < Eight; i++)
        {
            float distance = values[i] - origin[i];
            sums[i] += distance;
            squares[i] = MathF.FusedMultiplyAdd(distance, distance, squares[i]);
        }
    }

    /// <summary>The moments of a channel, from those of each thread that has it.</summary>
    private static Float2 Together(Shared<Float2> partial, int columns, int lanes, int count)
    {
        (float mean, float squares) = partial[0];
        float before = PixelsOf(0, lanes, count);
        for (int lane = 1; lane < Math.Min(lanes, count); lane++)
        {
            (float laneMean, float laneSquares) = partial[lane * columns];
            float pixels = PixelsOf(lane, lanes, count), all = before + pixels, distance = laneMean - mean;
            float share = pixels * Approximate.Reciprocal(all);
            mean = MathF.FusedMultiplyAdd(distance, share, mean);
            squares += MathF.FusedMultiplyAdd(distance * distance, before * share, laneSquares);
            before = all;
        }
        return new(mean, squares);
    }

    private static int PixelsOf(int lane, int lanes, int count) => (count - lane + lanes - 1) / lanes;
}
