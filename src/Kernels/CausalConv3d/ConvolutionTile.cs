using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

/// <summary>The innermost loops of convolutions.</summary>
internal static unsafe class ConvolutionTile<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : unmanaged
{
    /// <summary>Output channels of <see cref="Wide"/>: two vectors.</summary>
    public static int WideOutputs => 2 * TSimd.Lanes;

    /// <summary>
    /// Part of the depth of 6 pixels × two vectors of outputs. Each input number is broadcast from where it lies, so no window
    /// is ever copied out.
    /// </summary>
    /// <param name="input">The box's input.</param>
    /// <param name="pixels">6 byte offsets into it: where each pixel's window begins.</param>
    /// <param name="runs">Byte offset of each run of neighbouring numbers from there.</param>
    /// <param name="runCount">How many runs.</param>
    /// <param name="runBytes">Bytes of a run.</param>
    /// <param name="panel">[run, number, outputs]</param>
    /// <param name="goesOn">Whether the sums begin at y as it is: chains go on exactly.</param>
    /// <param name="bias">[outputs], added at the end; or null.</param>
    /// <param name="residual">Added after it, laid out as y; or null.</param>
    /// <param name="y">Results.</param>
    /// <param name="targets">6 offsets into them, in floats.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Wide(
        byte* input, nint* pixels, nint* runs, nint runCount, nint runBytes, float* panel, bool goesOn, float* bias, float* residual,
        float* y, nint* targets)
    {
        Prefetch(residual is null ? y : residual, targets);
        byte* p0 = input + pixels[0], p1 = input + pixels[1], p2 = input + pixels[2];
        byte* p3 = input + pixels[3], p4 = input + pixels[4], p5 = input + pixels[5];
        TVector s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default;
        TVector s30 = default, s31 = default, s40 = default, s41 = default, s50 = default, s51 = default;
        if (goesOn)
        {
            AddTo(ref s00, ref s01, y + targets[0]);
            AddTo(ref s10, ref s11, y + targets[1]);
            AddTo(ref s20, ref s21, y + targets[2]);
            AddTo(ref s30, ref s31, y + targets[3]);
            AddTo(ref s40, ref s41, y + targets[4]);
            AddTo(ref s50, ref s51, y + targets[5]);
        }
        nint step = 2 * TSimd.Lanes;
        for (nint* lastRun = runs + runCount; runs < lastRun; runs++)
        {
            // Four numbers a turn: beside the multiply-adds, each counter takes one of the few places that a cycle has.
            nint at = *runs, end = at + runBytes;
            for (nint wholeEnd = at + (runBytes & ~15); at < wholeEnd; at += 16, panel += 4 * step)
            {
                Step(
                    p0 + at, p1 + at, p2 + at, p3 + at, p4 + at, p5 + at, panel,
                    ref s00, ref s01, ref s10, ref s11, ref s20, ref s21, ref s30, ref s31, ref s40, ref s41, ref s50, ref s51);
                Step(
                    p0 + at + 4, p1 + at + 4, p2 + at + 4, p3 + at + 4, p4 + at + 4, p5 + at + 4, panel + step,
                    ref s00, ref s01, ref s10, ref s11, ref s20, ref s21, ref s30, ref s31, ref s40, ref s41, ref s50, ref s51);
                Step(
                    p0 + at + 8, p1 + at + 8, p2 + at + 8, p3 + at + 8, p4 + at + 8, p5 + at + 8, panel + 2 * step,
                    ref s00, ref s01, ref s10, ref s11, ref s20, ref s21, ref s30, ref s31, ref s40, ref s41, ref s50, ref s51);
                Step(
                    p0 + at + 12, p1 + at + 12, p2 + at + 12, p3 + at + 12, p4 + at + 12, p5 + at + 12, panel + 3 * step,
                    ref s00, ref s01, ref s10, ref s11, ref s20, ref s21, ref s30, ref s31, ref s40, ref s41, ref s50, ref s51);
            }
            for (; at < end; at += sizeof(float), panel += step)
            {
                Step(
                    p0 + at, p1 + at, p2 + at, p3 + at, p4 + at, p5 + at, panel,
                    ref s00, ref s01, ref s10, ref s11, ref s20, ref s21, ref s30, ref s31, ref s40, ref s41, ref s50, ref s51);
            }
        }
        if (bias is not null)
        {
            AddTo(ref s00, ref s01, bias);
            AddTo(ref s10, ref s11, bias);
            AddTo(ref s20, ref s21, bias);
            AddTo(ref s30, ref s31, bias);
            AddTo(ref s40, ref s41, bias);
            AddTo(ref s50, ref s51, bias);
        }
        if (residual is not null)
        {
            AddTo(ref s00, ref s01, residual + targets[0]);
            AddTo(ref s10, ref s11, residual + targets[1]);
            AddTo(ref s20, ref s21, residual + targets[2]);
            AddTo(ref s30, ref s31, residual + targets[3]);
            AddTo(ref s40, ref s41, residual + targets[4]);
            AddTo(ref s50, ref s51, residual + targets[5]);
        }
        Store(y + targets[0], s00, s01);
        Store(y + targets[1], s10, s11);
        Store(y + targets[2], s20, s21);
        Store(y + targets[3], s30, s31);
        Store(y + targets[4], s40, s41);
        Store(y + targets[5], s50, s51);
    }

    // One number of each pixel's window, with the weights that it has for the outputs.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(
        byte* p0, byte* p1, byte* p2, byte* p3, byte* p4, byte* p5, float* weights,
        ref TVector s00, ref TVector s01, ref TVector s10, ref TVector s11, ref TVector s20, ref TVector s21,
        ref TVector s30, ref TVector s31, ref TVector s40, ref TVector s41, ref TVector s50, ref TVector s51)
    {
        TVector w0 = TSimd.Load(weights), w1 = TSimd.Load(weights + TSimd.Lanes);
        TVector v = TSimd.Broadcast(*(float*)p0);
        s00 = TSimd.MultiplyAdd(v, w0, s00);
        s01 = TSimd.MultiplyAdd(v, w1, s01);
        v = TSimd.Broadcast(*(float*)p1);
        s10 = TSimd.MultiplyAdd(v, w0, s10);
        s11 = TSimd.MultiplyAdd(v, w1, s11);
        v = TSimd.Broadcast(*(float*)p2);
        s20 = TSimd.MultiplyAdd(v, w0, s20);
        s21 = TSimd.MultiplyAdd(v, w1, s21);
        v = TSimd.Broadcast(*(float*)p3);
        s30 = TSimd.MultiplyAdd(v, w0, s30);
        s31 = TSimd.MultiplyAdd(v, w1, s31);
        v = TSimd.Broadcast(*(float*)p4);
        s40 = TSimd.MultiplyAdd(v, w0, s40);
        s41 = TSimd.MultiplyAdd(v, w1, s41);
        v = TSimd.Broadcast(*(float*)p5);
        s50 = TSimd.MultiplyAdd(v, w0, s50);
        s51 = TSimd.MultiplyAdd(v, w1, s51);
    }

    /// <summary>
    /// Part of the depth of 4 pixels × 3 outputs: with so few outputs the vectors run along the input channels instead, which are
    /// read from where they lie, and are added up at the very end.
    /// </summary>
    /// <param name="addresses">Where each input pixel of the box lies.</param>
    /// <param name="pixels">4 byte offsets into them: the first of each pixel's window.</param>
    /// <param name="taps">Byte offset of each tap from there.</param>
    /// <param name="tapCount">How many taps.</param>
    /// <param name="channelBytes">Bytes of one input pixel: whole vectors.</param>
    /// <param name="panel">[tap, channel / lanes, 3, lanes]</param>
    /// <param name="sums">[4, 3, lanes], which is added to</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Narrow(byte* addresses, nint* pixels, nint* taps, nint tapCount, nint channelBytes, float* panel, float* sums)
    {
        TVector s00 = default, s01 = default, s02 = default, s10 = default, s11 = default, s12 = default;
        TVector s20 = default, s21 = default, s22 = default, s30 = default, s31 = default, s32 = default;
        for (nint* lastTap = taps + tapCount; taps < lastTap; taps++)
        {
            byte* p0 = *(byte**)(addresses + pixels[0] + *taps), p1 = *(byte**)(addresses + pixels[1] + *taps);
            byte* p2 = *(byte**)(addresses + pixels[2] + *taps), p3 = *(byte**)(addresses + pixels[3] + *taps);
            for (nint at = 0; at < channelBytes; at += TSimd.Lanes * sizeof(float), panel += 3 * TSimd.Lanes)
            {
                TVector w0 = TSimd.Load(panel), w1 = TSimd.Load(panel + TSimd.Lanes), w2 = TSimd.Load(panel + 2 * TSimd.Lanes);
                TVector v = TSimd.Load((float*)(p0 + at));
                s00 = TSimd.MultiplyAdd(v, w0, s00);
                s01 = TSimd.MultiplyAdd(v, w1, s01);
                s02 = TSimd.MultiplyAdd(v, w2, s02);
                v = TSimd.Load((float*)(p1 + at));
                s10 = TSimd.MultiplyAdd(v, w0, s10);
                s11 = TSimd.MultiplyAdd(v, w1, s11);
                s12 = TSimd.MultiplyAdd(v, w2, s12);
                v = TSimd.Load((float*)(p2 + at));
                s20 = TSimd.MultiplyAdd(v, w0, s20);
                s21 = TSimd.MultiplyAdd(v, w1, s21);
                s22 = TSimd.MultiplyAdd(v, w2, s22);
                v = TSimd.Load((float*)(p3 + at));
                s30 = TSimd.MultiplyAdd(v, w0, s30);
                s31 = TSimd.MultiplyAdd(v, w1, s31);
                s32 = TSimd.MultiplyAdd(v, w2, s32);
            }
        }
        Accumulate(sums, s00, s01, s02);
        Accumulate(sums + 3 * TSimd.Lanes, s10, s11, s12);
        Accumulate(sums + 6 * TSimd.Lanes, s20, s21, s22);
        Accumulate(sums + 9 * TSimd.Lanes, s30, s31, s32);
    }

    // Six short rows of results far apart are too many streams for the hardware to foresee.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(float* results, nint* targets)
    {
        if (!Sse.IsSupported)
            return;
        for (int i = 0; i < ConvolutionTiles.WidePixels; i++)
        {
            Sse.Prefetch0(results + targets[i]);
            Sse.Prefetch0(results + targets[i] + WideOutputs - 1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo(ref TVector first, ref TVector second, float* source)
    {
        first = TSimd.Add(first, TSimd.Load(source));
        second = TSimd.Add(second, TSimd.Load(source + TSimd.Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* target, TVector first, TVector second)
    {
        TSimd.Store(first, target);
        TSimd.Store(second, target + TSimd.Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(float* sums, TVector first, TVector second, TVector third)
    {
        TSimd.Store(TSimd.Add(TSimd.Load(sums), first), sums);
        TSimd.Store(TSimd.Add(TSimd.Load(sums + TSimd.Lanes), second), sums + TSimd.Lanes);
        TSimd.Store(TSimd.Add(TSimd.Load(sums + 2 * TSimd.Lanes), third), sums + 2 * TSimd.Lanes);
    }
}
