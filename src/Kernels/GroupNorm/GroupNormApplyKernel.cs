using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>Multiplies and moves each channel, then each pixel's by maps, then SiLU: a CTA has a part of a row of pixels.</summary>
/// <typeparam name="T">BFloat16 or Half.</typeparam>
/// <param name="x">[B, F, H, W, C]</param>
/// <param name="y">[B, F, H, W, C]</param>
/// <param name="channelMaps">[B, C], factor and offset</param>
/// <param name="maps">Those of pixels.</param>
/// <param name="size">Of x; C is a multiple of eight.</param>
/// <param name="rowParts">CTAs of a row.</param>
/// <param name="silu">1 for SiLU at the end, 0 for none.</param>
[KernelInstance("group_norm_apply_bf16", typeof(BFloat16))]
internal readonly unsafe struct GroupNormApplyKernel<T>(
    View<T> x, View<T> y, View<Float2> channelMaps, CudaSpatialMaps<T> maps, VideoSize size, int rowParts, int silu) : IKernel
    where T : unmanaged
{
    private const int Threads = GroupNormCudaPlan.Threads, Eight = GroupNormCudaPlan.Eight, Loads = 4;

    /// <inheritdoc/>
    public static Block Block => new(Threads);

    /// <inheritdoc/>
    public void Run()
    {
        int row = Grid.BlockX / rowParts, part = Grid.BlockX - row * rowParts, partPixels = (size.Width + rowParts - 1) / rowParts;
        int frame = row / size.Height, h = row - frame * size.Height, batch = frame / size.Frames, f = frame - batch * size.Frames;
        int columns = size.Channels / Eight, lanes = Threads / columns, lane = Block.ThreadX / columns;
        int channel = (Block.ThreadX - lane * columns) * Eight;
        if (lane >= lanes)
            return;
        Registers<float> factors = Registers.Of<float>(Eight), offsets = Registers.Of<float>(Eight);
        Float4* pairs = (Float4*)(channelMaps.Pointer + (long)batch * size.Channels + channel);
        for (int i = 0; i < Eight; i += 2)
            (factors[i], offsets[i], factors[i + 1], offsets[i + 1]) = pairs[i / 2];
        long map = (maps.IsNone ? 0 : maps.Row(batch, f, h)) + channel, first = (long)row * size.Width * size.Channels + channel;
        int end = Math.Min(size.Width, (part + 1) * partPixels);
        for (int w = part * partPixels + lane; w < end; w += Loads * lanes)
            Finish(x.Pointer + first, y.Pointer + first, map, factors, offsets, w, lanes, end);
    }

    /// <summary>Some pixels of a row; those beyond the end are read as the last, and left.</summary>
    private void Finish(T* source, T* result, long map, Registers<float> factors, Registers<float> offsets, int w, int lanes, int end)
    {
        Registers<Bits128> packed = Registers.Of<Bits128>(Loads);
        Registers<Bits128> scales = Registers.Of<Bits128>(Loads), shifts = Registers.Of<Bits128>(Loads);
        Registers<float> values = Registers.Of<float>(Eight);
        for (int i = 0; i < Loads; i++)
            packed[i] = *(Bits128*)(source + Math.Min(w + i * lanes, end - 1) * size.Channels);
        if (!maps.IsNone)
        {
            for (int i = 0; i < Loads; i++)
                (scales[i], shifts[i]) = maps.Read(map + maps.Column(Math.Min(w + i * lanes, end - 1)));
        }
        for (int i = 0; i < Loads; i++)
        {
            if (w + i * lanes >= end)
                continue;
            PackedEight<T>.Widen(packed[i], values);
            MultiplyAdd(values, factors, offsets);
            if (!maps.IsNone)
                Map(values, scales[i], shifts[i]);
            if (silu != 0)
                Activate(values);
            *(Bits128*)(result + (w + i * lanes) * size.Channels) = PackedEight<T>.Of(values);
        }
    }

    private static void Map(Registers<float> values, Bits128 scales, Bits128 shifts)
    {
        Registers<float> factors = Registers.Of<float>(Eight), offsets = Registers.Of<float>(Eight);
        PackedEight<T>.Widen(scales, factors);
        PackedEight<T>.Widen(shifts, offsets);
        MultiplyAdd(values, factors, offsets);
    }

    private static void MultiplyAdd(Registers<float> values, Registers<float> factors, Registers<float> offsets)
    {
        for (int i = 0; i < Eight; i++)
            values[i] = MathF.FusedMultiplyAdd(values[i], factors[i], offsets[i]);
    }

    private static void Activate(Registers<float> values)
    {
        for (int i = 0; i < Eight; i++)
            values[i] = CudaActivation.Silu(values[i]);
    }
}
