using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>
/// Pixels of fewer channels than one access has, with zeros beside them, so that what gathers windows needs no other way of reading: some
/// pixels a thread, neighbours in neighbouring threads.
/// </summary>
/// <param name="x">[pixels, channels] of 16 bits</param>
/// <param name="padded">[pixels, 8]</param>
/// <param name="pixels">At most <see cref="MostPixels"/>.</param>
/// <param name="channels">Fewer than eight.</param>
[KernelName("convolution_pad")]
internal readonly unsafe struct ConvolutionPadKernel(ushort* x, Bits128* padded, int pixels, int channels) : IKernel
{
    /// <summary>Pixels of a CTA.</summary>
    public const int Pixels = Threads * Loads;

    /// <summary>The most pixels.</summary>
    public const int MostPixels = int.MaxValue - Pixels;

    private const int Threads = 256, Loads = 4, Pairs = 4;

    /// <inheritdoc/>
    public static Block Block => new(Threads);

    /// <inheritdoc/>
    public void Run()
    {
        int first = Grid.BlockX * Pixels + Block.ThreadX;
        Registers<uint> pairs = Registers.Of<uint>(Loads * Pairs);
        for (int i = 0; i < Loads; i++)
        {
            int pixel = first + i * Threads;
            if (pixel >= pixels)
                continue;
            ushort* numbers = x + (long)pixel * channels;
            for (int k = 0; k < Pairs; k++)
            {
                if (2 * k < channels)
                    pairs[i * Pairs + k] = numbers[2 * k];
                if (2 * k + 1 < channels)
                    pairs[i * Pairs + k] |= (uint)numbers[2 * k + 1] << 16;
            }
        }
        for (int i = 0; i < Loads; i++)
        {
            if (first + i * Threads < pixels)
            {
                padded[first + i * Threads] =
                    new(pairs[i * Pairs], pairs[i * Pairs + 1], pairs[i * Pairs + 2], pairs[i * Pairs + 3]);
            }
        }
    }
}
