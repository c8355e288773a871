using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

public readonly unsafe partial struct GroupNorm : IAnyWidth
{
    /// <summary>
    /// Floats that a run needs beside its tensors: sums and squares of each chunk of pixels by channel, then mean, factor and
    /// offset by channel. Chunks depend on the size alone, and are added up in order: any number of threads gives the same bits.
    /// </summary>
    public static long WorkspaceFloats(VideoSize size) => (long)size.Batch * size.Channels * (2L * Chunks(size) + 3);

    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => WidestVectors.Run(this, threads);

    void IAnyWidth.RunCpu<TSimd, TVector>(CpuThreads threads)
    {
        threads.For(size.Batch * Chunks(size), new Sums<TSimd, TVector>(this));
        threads.For(size.Batch * groups, new Statistics(this));
        threads.For(RowBlocks.Count(size.Batch * size.Frames * size.Height, size.Width * size.Channels), new Apply<TSimd, TVector>(this));
    }

    private static int Chunks(VideoSize size) => RowBlocks.Count(size.Pixels, size.Channels);

    private float* ChunkSums(int b, int chunk) => workspace + ((long)b * Chunks(size) + chunk) * 2 * size.Channels;

    private float* Means(int b) => workspace + (long)size.Batch * Chunks(size) * 2 * size.Channels + (long)b * 3 * size.Channels;

    // By channel, Σ (x − x₀) and Σ (x − x₀)² with x₀ the channel's first pixel: values far from zero keep their variance.
    private readonly struct Sums<TSimd, TVector>(GroupNorm norm) : IParallelBody
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        public void Run(int item, CpuWorker worker)
        {
            VideoSize size = norm.size;
            (int b, int chunk) = Math.DivRem(item, Chunks(size));
            (int first, int end) = RowBlocks.Range(chunk, size.Pixels, size.Channels);
            float* origin = norm.x + (long)b * size.Pixels * size.Channels;
            float* sums = norm.ChunkSums(b, chunk);
            new Span<float>(sums, 2 * size.Channels).Clear();
            Accumulate(origin + (long)first * size.Channels, end - first, size.Channels, origin, sums);
        }

        // Four pixels at a time, so that the sums, which live in L1, are touched once for four.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Accumulate(float* x, int pixels, int channels, float* origin, float* sums)
        {
            float* squares = sums + channels;
            for (; pixels > 0; pixels -= 4, x += 4 * channels)
            {
                float* x1 = x + channels, x2 = x1 + channels, x3 = x2 + channels;
                int c = 0;
                for (; pixels >= 4 && c <= channels - TSimd.Lanes; c += TSimd.Lanes)
                {
                    TVector o = TSimd.Load(origin + c);
                    TVector d0 = TSimd.Subtract(TSimd.Load(x + c), o), d1 = TSimd.Subtract(TSimd.Load(x1 + c), o);
                    TVector d2 = TSimd.Subtract(TSimd.Load(x2 + c), o), d3 = TSimd.Subtract(TSimd.Load(x3 + c), o);
                    TVector sum = TSimd.Add(TSimd.Add(d0, d1), TSimd.Add(d2, d3));
                    TSimd.Store(TSimd.Add(TSimd.Load(sums + c), sum), sums + c);
                    TVector even = TSimd.MultiplyAdd(d0, d0, TSimd.Multiply(d2, d2)), odd = TSimd.MultiplyAdd(d1, d1, TSimd.Multiply(d3, d3));
                    TSimd.Store(TSimd.Add(TSimd.Load(squares + c), TSimd.Add(even, odd)), squares + c);
                }
                for (; c < channels; c++)
                {
                    for (int i = 0; i < Math.Min(4, pixels); i++)
                    {
                        float d = x[i * channels + c] - origin[c];
                        sums[c] += d;
                        squares[c] += d * d;
                    }
                }
            }
        }
    }

    // One group: its mean and variance in double from those of its channels, then what `Apply` needs.
    private readonly struct Statistics(GroupNorm norm) : IParallelBody
    {
        public void Run(int item, CpuWorker worker)
        {
            VideoSize size = norm.size;
            int width = size.Channels / norm.groups;
            (int b, int group) = Math.DivRem(item, norm.groups);
            int first = group * width, end = first + width;
            double mean = 0, squares = 0;
            for (int c = first; c < end; c++)
                mean += ChannelMoments(b, c).Mean / width;
            for (int c = first; c < end; c++)
            {
                (double channelMean, double channelSquares) = ChannelMoments(b, c);
                squares += channelSquares + size.Pixels * (channelMean - mean) * (channelMean - mean);
            }
            double scale = 1 / Math.Sqrt(squares / ((double)size.Pixels * width) + norm.epsilon);

            float* means = norm.Means(b), factors = means + size.Channels, offsets = factors + size.Channels;
            for (int c = first; c < end; c++)
            {
                means[c] = (float)mean;
                factors[c] = (float)(scale * norm.weight[c]);
                offsets[c] = (float)(norm.bias[c] - (mean - means[c]) * scale * norm.weight[c]); // what rounding the mean lost
            }
        }

        // Mean, and sum of squared distances from it.
        private (double Mean, double Squares) ChannelMoments(int b, int c)
        {
            double sum = 0, squares = 0;
            for (int chunk = 0; chunk < Chunks(norm.size); chunk++)
            {
                sum += norm.ChunkSums(b, chunk)[c];
                squares += norm.ChunkSums(b, chunk)[norm.size.Channels + c];
            }
            double origin = norm.x[(long)b * norm.size.Pixels * norm.size.Channels + c];
            return (origin + sum / norm.size.Pixels, Math.Max(0, squares - sum * sum / norm.size.Pixels));
        }
    }

    private readonly struct Apply<TSimd, TVector>(GroupNorm norm) : IParallelBody
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        public void Run(int item, CpuWorker worker)
        {
            VideoSize size = norm.size;
            int length = size.Width * size.Channels;
            bool streams = Streaming.Suits(norm.y, size.Channels, size.Count);
            (int first, int end) = RowBlocks.Range(item, size.Batch * size.Frames * size.Height, length);
            for (int row = first; row < end; row++)
            {
                (int frame, int h) = Math.DivRem(row, size.Height);
                (int b, int f) = Math.DivRem(frame, size.Frames);
                float* x = norm.x + (long)row * length, y = norm.y + (long)row * length;
                if (norm.maps.IsNone)
                {
                    Normalise(x, y, size.Width, norm.Means(b), null, null, streams);
                    continue;
                }
                long mapRow = norm.maps.Row(b, f, h, size);
                for (int w = 0; w < size.Width; w++)
                {
                    long map = mapRow + norm.maps.Column(w, size);
                    Normalise(
                        x + w * size.Channels, y + w * size.Channels, 1, norm.Means(b), norm.maps.Scale + map, norm.maps.Shift + map, streams);
                }
            }
            Streaming.End(streams);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Normalise(float* x, float* y, int pixels, float* means, float* scales, float* shifts, bool streams)
        {
            int channels = norm.size.Channels, whole = channels / TSimd.Lanes * TSimd.Lanes;
            bool silu = norm.silu;
            float* factors = means + channels, offsets = factors + channels;
            for (int pixel = 0; pixel < pixels; pixel++, x += channels, y += channels)
            {
                for (int c = 0; c < whole; c += TSimd.Lanes)
                {
                    TVector value = TSimd.Subtract(TSimd.Load(x + c), TSimd.Load(means + c));
                    value = TSimd.MultiplyAdd(value, TSimd.Load(factors + c), TSimd.Load(offsets + c));
                    if (scales is not null)
                        value = TSimd.MultiplyAdd(value, TSimd.Load(scales + c), TSimd.Load(shifts + c));
                    if (silu)
                        value = SimdMath<TSimd, TVector>.Silu(value);
                    Streaming.Store<TSimd, TVector>(value, y + c, streams);
                }
                for (int c = whole; c < channels; c++)
                {
                    float value = (x[c] - means[c]) * factors[c] + offsets[c];
                    if (scales is not null)
                        value = value * scales[c] + shifts[c];
                    y[c] = silu ? value / (1 + MathF.Exp(-value)) : value;
                }
            }
        }
    }
}
