using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Ilgpu;
using ILGPU;

namespace CogVideoX.Kernels;

/// <summary>The narrow kernel's sums of a thread, over its share of the input channels: four outputs of each of eight pixels.</summary>
internal readonly struct ConvolutionSums(Float4 p0, Float4 p1, Float4 p2, Float4 p3, Float4 p4, Float4 p5, Float4 p6, Float4 p7)
{
    /// <summary>Neighbouring pixels of a row.</summary>
    public const int Pixels = 8;

    /// <summary>Outputs, of which there may be fewer.</summary>
    public const int Outputs = 4;

    private readonly Float4 p0 = p0, p1 = p1, p2 = p2, p3 = p3, p4 = p4, p5 = p5, p6 = p6, p7 = p7;

    /// <summary>The sums and the products of four channels at a tap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ConvolutionSums Plus<T>(CausalConv3d.NarrowArguments<T> a, ConvolutionPixel pixel, int tap, int channel)
        where T : unmanaged, IStored<T>
    {
        Float4 w0 = a.Weights(tap, 0, channel), w1 = a.Weights(tap, 1, channel);
        Float4 w2 = a.Weights(tap, 2, channel), w3 = a.Weights(tap, 3, channel);
        int step = a.Input.Stride;
        // All loads before the first product: they don't wait for each other.
        Stored4<T> x0 = Quad(a, pixel, 0, channel), x1 = Quad(a, pixel, step, channel);
        Stored4<T> x2 = Quad(a, pixel, 2 * step, channel), x3 = Quad(a, pixel, 3 * step, channel);
        Stored4<T> x4 = Quad(a, pixel, 4 * step, channel), x5 = Quad(a, pixel, 5 * step, channel);
        Stored4<T> x6 = Quad(a, pixel, 6 * step, channel), x7 = Quad(a, pixel, 7 * step, channel);
        return new ConvolutionSums(
            Plus(p0, x0.Values, w0, w1, w2, w3),
            Plus(p1, x1.Values, w0, w1, w2, w3),
            Plus(p2, x2.Values, w0, w1, w2, w3),
            Plus(p3, x3.Values, w0, w1, w2, w3),
            Plus(p4, x4.Values, w0, w1, w2, w3),
            Plus(p5, x5.Values, w0, w1, w2, w3),
            Plus(p6, x6.Values, w0, w1, w2, w3),
            Plus(p7, x7.Values, w0, w1, w2, w3));
    }

    /// <summary>Writes all, pixel by pixel.</summary>
    public void Store(ArrayView<float> target)
    {
        Store(target, 0, p0);
        Store(target, 1, p1);
        Store(target, 2, p2);
        Store(target, 3, p3);
        Store(target, 4, p4);
        Store(target, 5, p5);
        Store(target, 6, p6);
        Store(target, 7, p7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Stored4<T> Quad<T>(CausalConv3d.NarrowArguments<T> a, ConvolutionPixel pixel, int offset, int channel)
        where T : unmanaged, IStored<T> => a.Input.Quad(a.Input.First(pixel, offset), pixel.IsPast, channel);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float4 Plus(Float4 sums, Float4 x, Float4 w0, Float4 w1, Float4 w2, Float4 w3) => new(
        Dot(sums.X, x, w0), Dot(sums.Y, x, w1), Dot(sums.Z, x, w2), Dot(sums.W, x, w3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Dot(float sum, Float4 x, Float4 w) => sum + x.X * w.X + x.Y * w.Y + x.Z * w.Z + x.W * w.W;

    private static void Store(ArrayView<float> target, int pixel, Float4 sums)
    {
        target[pixel * Outputs] = sums.X;
        target[pixel * Outputs + 1] = sums.Y;
        target[pixel * Outputs + 2] = sums.Z;
        target[pixel * Outputs + 3] = sums.W;
    }
}
