using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CogVideoX.Kernels;

/// <summary>The innermost loops of convolutions.</summary>
internal static unsafe class ConvolutionTile
{
    /// <summary>Output pixels of <see cref="Wide"/>: with two vectors of outputs 12 sums, which leaves 4 of 16 registers.</summary>
    public const int WidePixels = 6;

    /// <summary>Output pixels of <see cref="Narrow"/>.</summary>
    public const int NarrowPixels = 4;

    /// <summary>Output channels of <see cref="Narrow"/>.</summary>
    public const int NarrowOutputs = 3;

    /// <summary>
    /// Adds one slice of input channels to 6 pixels × 16 outputs. Each input number is broadcast from where it lies, so no
    /// window is ever copied out.
    /// </summary>
    /// <param name="input">The box's input.</param>
    /// <param name="pixels">6 byte offsets into it: where each pixel's window begins.</param>
    /// <param name="taps">Byte offset of each tap from there.</param>
    /// <param name="tapCount">How many taps.</param>
    /// <param name="channelBytes">Bytes of the slice's channels of one input pixel.</param>
    /// <param name="panel">[tap, channel, 16]</param>
    /// <param name="y">Results.</param>
    /// <param name="targets">6 offsets into them, in floats.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Wide(byte* input, nint* pixels, nint* taps, int tapCount, nint channelBytes, float* panel, float* y, nint* targets)
    {
        byte* p0 = input + pixels[0], p1 = input + pixels[1], p2 = input + pixels[2];
        byte* p3 = input + pixels[3], p4 = input + pixels[4], p5 = input + pixels[5];
        Vector256<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default;
        Vector256<float> s30 = default, s31 = default, s40 = default, s41 = default, s50 = default, s51 = default;
        for (int tap = 0; tap < tapCount; tap++)
        {
            nint end = taps[tap] + channelBytes;
            for (nint at = taps[tap]; at < end; at += sizeof(float), panel += 16)
            {
                Vector256<float> w0 = Vector256.Load(panel), w1 = Vector256.Load(panel + 8);
                Vector256<float> v = Vector256.Create(*(float*)(p0 + at));
                s00 = Vector256.FusedMultiplyAdd(v, w0, s00);
                s01 = Vector256.FusedMultiplyAdd(v, w1, s01);
                v = Vector256.Create(*(float*)(p1 + at));
                s10 = Vector256.FusedMultiplyAdd(v, w0, s10);
                s11 = Vector256.FusedMultiplyAdd(v, w1, s11);
                v = Vector256.Create(*(float*)(p2 + at));
                s20 = Vector256.FusedMultiplyAdd(v, w0, s20);
                s21 = Vector256.FusedMultiplyAdd(v, w1, s21);
                v = Vector256.Create(*(float*)(p3 + at));
                s30 = Vector256.FusedMultiplyAdd(v, w0, s30);
                s31 = Vector256.FusedMultiplyAdd(v, w1, s31);
                v = Vector256.Create(*(float*)(p4 + at));
                s40 = Vector256.FusedMultiplyAdd(v, w0, s40);
                s41 = Vector256.FusedMultiplyAdd(v, w1, s41);
                v = Vector256.Create(*(float*)(p5 + at));
                s50 = Vector256.FusedMultiplyAdd(v, w0, s50);
                s51 = Vector256.FusedMultiplyAdd(v, w1, s51);
            }
        }
        // At the end rather than the beginning: nothing waits for these loads. All come before the stores, for pixels listed twice.
        s00 += Vector256.Load(y + targets[0]);
        s01 += Vector256.Load(y + targets[0] + 8);
        s10 += Vector256.Load(y + targets[1]);
        s11 += Vector256.Load(y + targets[1] + 8);
        s20 += Vector256.Load(y + targets[2]);
        s21 += Vector256.Load(y + targets[2] + 8);
        s30 += Vector256.Load(y + targets[3]);
        s31 += Vector256.Load(y + targets[3] + 8);
        s40 += Vector256.Load(y + targets[4]);
        s41 += Vector256.Load(y + targets[4] + 8);
        s50 += Vector256.Load(y + targets[5]);
        s51 += Vector256.Load(y + targets[5] + 8);
        Store(y + targets[0], s00, s01);
        Store(y + targets[1], s10, s11);
        Store(y + targets[2], s20, s21);
        Store(y + targets[3], s30, s31);
        Store(y + targets[4], s40, s41);
        Store(y + targets[5], s50, s51);
    }

    /// <summary>
    /// The whole sum of 4 pixels × 3 outputs: with so few outputs the vectors run along the input channels instead, and are
    /// added up at the end.
    /// </summary>
    /// <param name="input">The box's input.</param>
    /// <param name="pixels">4 byte offsets into it: where each pixel's window begins.</param>
    /// <param name="taps">Byte offset of each tap from there.</param>
    /// <param name="tapCount">How many taps.</param>
    /// <param name="channelBytes">Bytes of one input pixel: whole vectors.</param>
    /// <param name="panel">[tap, channel / 8, 3, 8]</param>
    /// <param name="sums">[4, 3]</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Narrow(byte* input, nint* pixels, nint* taps, int tapCount, nint channelBytes, float* panel, float* sums)
    {
        byte* p0 = input + pixels[0], p1 = input + pixels[1], p2 = input + pixels[2], p3 = input + pixels[3];
        Vector256<float> s00 = default, s01 = default, s02 = default, s10 = default, s11 = default, s12 = default;
        Vector256<float> s20 = default, s21 = default, s22 = default, s30 = default, s31 = default, s32 = default;
        for (int tap = 0; tap < tapCount; tap++)
        {
            nint end = taps[tap] + channelBytes;
            for (nint at = taps[tap]; at < end; at += 8 * sizeof(float), panel += 24)
            {
                Vector256<float> w0 = Vector256.Load(panel), w1 = Vector256.Load(panel + 8), w2 = Vector256.Load(panel + 16);
                Vector256<float> v = Vector256.Load((float*)(p0 + at));
                s00 = Vector256.FusedMultiplyAdd(v, w0, s00);
                s01 = Vector256.FusedMultiplyAdd(v, w1, s01);
                s02 = Vector256.FusedMultiplyAdd(v, w2, s02);
                v = Vector256.Load((float*)(p1 + at));
                s10 = Vector256.FusedMultiplyAdd(v, w0, s10);
                s11 = Vector256.FusedMultiplyAdd(v, w1, s11);
                s12 = Vector256.FusedMultiplyAdd(v, w2, s12);
                v = Vector256.Load((float*)(p2 + at));
                s20 = Vector256.FusedMultiplyAdd(v, w0, s20);
                s21 = Vector256.FusedMultiplyAdd(v, w1, s21);
                s22 = Vector256.FusedMultiplyAdd(v, w2, s22);
                v = Vector256.Load((float*)(p3 + at));
                s30 = Vector256.FusedMultiplyAdd(v, w0, s30);
                s31 = Vector256.FusedMultiplyAdd(v, w1, s31);
                s32 = Vector256.FusedMultiplyAdd(v, w2, s32);
            }
        }
        Reduce(sums, s00, s01, s02);
        Reduce(sums + 3, s10, s11, s12);
        Reduce(sums + 6, s20, s21, s22);
        Reduce(sums + 9, s30, s31, s32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* target, Vector256<float> first, Vector256<float> second)
    {
        first.Store(target);
        second.Store(target + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Reduce(float* target, Vector256<float> first, Vector256<float> second, Vector256<float> third)
    {
        target[0] = Vector256.Sum(first);
        target[1] = Vector256.Sum(second);
        target[2] = Vector256.Sum(third);
    }
}
