using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

public readonly unsafe partial struct GroupNorm
{
    private const int Lanes = 8;

    /// <summary>
    /// Floats that a run needs beside its tensors: sums and squares of each chunk of pixels by channel, then mean, factor and
    /// offset by channel. Chunks depend on the size alone, and are added up in order: any number of threads gives the same bits.
    /// </summary>
    public static long WorkspaceFloats(VideoSize size) => (long)size.Batch * size.Channels * (2L * Chunks(size) + 3);

    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads)
    {
        threads.For(size.Batch * Chunks(size), new Sums(this));
        threads.For(size.Batch * groups, new Statistics(this));
        threads.For(RowBlocks.Count(size.Batch * size.Frames * size.Height, size.Width * size.Channels), new Apply(this));
    }

    private static int Chunks(VideoSize size) => RowBlocks.Count(size.Pixels, size.Channels);

    private float* ChunkSums(int b, int chunk) => workspace + ((long)b * Chunks(size) + chunk) * 2 * size.Channels;

    private float* Means(int b) => workspace + (long)size.Batch * Chunks(size) * 2 * size.Channels + (long)b * 3 * size.Channels;

    // By channel, Σ (x − x₀) and Σ (x − x₀)² with x₀ the channel's first pixel: values far from zero keep their variance.
    private readonly struct Sums(GroupNorm norm) : IParallelBody
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
                for (; pixels >= 4 && c <= channels - Lanes; c += Lanes)
                {
                    Vector256<float> o = Vector256.Load(origin + c);
                    Vector256<float> d0 = Vector256.Load(x + c) - o, d1 = Vector256.Load(x1 + c) - o;
                    Vector256<float> d2 = Vector256.Load(x2 + c) - o, d3 = Vector256.Load(x3 + c) - o;
                    (Vector256.Load(sums + c) + (d0 + d1 + (d2 + d3))).Store(sums + c);
                    Vector256<float> even = Vector256.FusedMultiplyAdd(d0, d0, d2 * d2), odd = Vector256.FusedMultiplyAdd(d1, d1, d3 * d3);
                    (Vector256.Load(squares + c) + (even + odd)).Store(squares + c);
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

    private readonly struct Apply(GroupNorm norm) : IParallelBody
    {
        public void Run(int item, CpuWorker worker)
        {
            VideoSize size = norm.size;
            int length = size.Width * size.Channels;
            (int first, int end) = RowBlocks.Range(item, size.Batch * size.Frames * size.Height, length);
            for (int row = first; row < end; row++)
            {
                (int frame, int h) = Math.DivRem(row, size.Height);
                (int b, int f) = Math.DivRem(frame, size.Frames);
                float* x = norm.x + (long)row * length, y = norm.y + (long)row * length;
                if (norm.maps.IsNone)
                {
                    Normalise(x, y, size.Width, norm.Means(b), null, null);
                    continue;
                }
                long mapRow = norm.maps.Row(b, f, h, size);
                for (int w = 0; w < size.Width; w++)
                {
                    long map = mapRow + norm.maps.Column(w, size);
                    Normalise(
                        x + w * size.Channels, y + w * size.Channels, 1, norm.Means(b), norm.maps.Scale + map, norm.maps.Shift + map);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Normalise(float* x, float* y, int pixels, float* means, float* scales, float* shifts)
        {
            int channels = norm.size.Channels;
            bool silu = norm.silu;
            float* factors = means + channels, offsets = factors + channels;
            for (int pixel = 0; pixel < pixels; pixel++, x += channels, y += channels)
            {
                int c = 0;
                for (; c <= channels - Lanes; c += Lanes)
                {
                    Vector256<float> distance = Vector256.Load(x + c) - Vector256.Load(means + c);
                    Vector256<float> value = Vector256.FusedMultiplyAdd(distance, Vector256.Load(factors + c), Vector256.Load(offsets + c));
                    if (scales is not null)
                        value = Vector256.FusedMultiplyAdd(value, Vector256.Load(scales + c), Vector256.Load(shifts + c));
                    (silu ? VectorMath.Silu(value) : value).Store(y + c);
                }
                for (; c < channels; c++)
                {
                    float value = MathF.FusedMultiplyAdd(x[c] - means[c], factors[c], offsets[c]);
                    if (scales is not null)
                        value = MathF.FusedMultiplyAdd(value, scales[c], shifts[c]);
                    y[c] = silu ? VectorMath.Silu(Vector256.Create(value))[0] : value;
                }
            }
        }
    }
}
