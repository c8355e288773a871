using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>
/// From the moments of all chunks to what each channel is multiplied with and moved by: a CTA has a group of channels. (x · factor + offset
/// in place of (x − mean) · factor + bias is as far off as rounding the mean to fp32 is, which is nothing beside the rounding of x.)
/// </summary>
/// <param name="moments">[batch, chunks, channels], mean and squares</param>
/// <param name="maps">[batch, channels], factor and offset</param>
/// <param name="weight">[channels]</param>
/// <param name="bias">[channels]</param>
/// <param name="pixels">Of a batch item.</param>
/// <param name="channels">Of all groups.</param>
/// <param name="groups">Of a batch item.</param>
/// <param name="chunks">Of a batch item.</param>
/// <param name="chunkPixels">Pixels of a chunk; the last may have fewer.</param>
/// <param name="epsilon">Added to the variance.</param>
[KernelName("group_norm_channels")]
internal readonly struct GroupNormChannelsKernel(
    View<Float2> moments, View<Float2> maps, AnyCudaNumbers weight, AnyCudaNumbers bias,
    long pixels, int channels, int groups, int chunks, int chunkPixels, float epsilon) : IKernel
{
    private const int Threads = 256, Warps = Threads / Warp.Size;

    /// <inheritdoc/>
    public static Block Block => new(Threads);

    /// <inheritdoc/>
    public void Run()
    {
        Shared<float> sums = Shared.Array<float>(2 * Warps);
        int batch = Grid.BlockX / groups, width = channels / groups, firstChannel = (Grid.BlockX - batch * groups) * width;
        long first = (long)batch * chunks * channels + firstChannel;
        float origin = moments[first].X, count = (float)pixels * width; // near the mean: what is added up is small
        float mean = origin + SumOfBlock(Sum(first, width, origin, squared: false), sums) / count;
        float variance = SumOfBlock(Sum(first, width, mean, squared: true), sums.Slice(Warps)) / count;
        float scale = Approximate.ReciprocalSquareRoot(variance + epsilon);
        for (int channel = firstChannel + Block.ThreadX; channel < firstChannel + width; channel += Threads)
        {
            float factor = scale * weight.One(channel);
            maps[(long)batch * channels + channel] = new(factor, MathF.FusedMultiplyAdd(-mean, factor, bias.One(channel)));
        }
    }

    /// <summary>A thread's part of the distances from a center, or of the squared ones.</summary>
    private float Sum(long first, int width, float center, bool squared)
    {
        float sum = 0;
        for (int i = Block.ThreadX; i < chunks * width; i += Threads)
        {
            int chunk = i / width;
            (float mean, float squares) = moments[first + (long)chunk * channels + (i - chunk * width)];
            float count = Math.Min(chunkPixels, pixels - (long)chunk * chunkPixels), distance = mean - center;
            sum += squared ? MathF.FusedMultiplyAdd(count * distance, distance, squares) : count * distance;
        }
        return sum;
    }

    private static float SumOfBlock(float value, Shared<float> partial)
    {
        value = Warp.Sum(value);
        if (Block.ThreadX % Warp.Size == 0)
            partial[Block.ThreadX / Warp.Size] = value;
        Block.Sync();
        float sum = 0;
        for (int i = 0; i < Warps; i++)
            sum += partial[i];
        return sum;
    }
}
