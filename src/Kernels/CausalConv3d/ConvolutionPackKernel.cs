using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>
/// Weights as products on tensor cores read them, with input channels as neighbours; as they are stored, taps are. Eight channels of a tap
/// a thread, neighbouring taps in neighbouring threads: what a warp reads at once lies together.
/// </summary>
/// <param name="weight">[outputs, stored, taps] of 16 bits</param>
/// <param name="packed">The same numbers.</param>
/// <param name="eights">An eighth of all of them.</param>
/// <param name="layout">Where they lie there.</param>
/// <param name="stored">Input channels of the weight, fewer than the layout's where zeros follow.</param>
[KernelName("convolution_pack")]
internal readonly struct ConvolutionPackKernel(
    View<ushort> weight, View<ushort> packed, int eights, ConvolutionCudaWeights layout, int stored) : IKernel
{
    private const int Eight = 8;

    /// <inheritdoc/>
    public static Block Block => new(256);

    /// <inheritdoc/>
    public void Run()
    {
        int index = Grid.BlockX * Block.SizeX + Block.ThreadX, row = index / layout.Taps, tap = index - row * layout.Taps;
        if (index >= eights)
            return;
        int output = row * Eight / layout.Channels, channel = row * Eight - output * layout.Channels;
        long first = ((long)output * stored + channel) * layout.Taps + tap;
        Registers<uint> numbers = Registers.Of<uint>(Eight), pairs = Registers.Of<uint>(Eight / 2);
        for (int i = 0; i < Eight; i++)
        {
            if (channel + i < stored)
                numbers[i] = weight[first + i * layout.Taps];
        }
        for (int i = 0; i < Eight / 2; i++)
            pairs[i] = numbers[2 * i] | numbers[2 * i + 1] << 16;
        packed.Slice(layout.Place(output, tap) + channel, Eight).As<Bits128>()[0] = new(pairs[0], pairs[1], pairs[2], pairs[3]);
    }
}
