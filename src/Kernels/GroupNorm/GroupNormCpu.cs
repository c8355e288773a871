using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct GroupNorm : IAnyWidth, IUsesWorkspace
{
    private const int ChunkFloats = 64 * 1024;
    private const int ChannelsPerItem = 64; // of the statistics: a cache line's worth of neighbours from each chunk

    /// <inheritdoc/>
    public long WorkspaceBytes(DeviceKind kind) => kind switch
    {
        DeviceKind.Cpu or DeviceKind.CpuBf16 or DeviceKind.CpuBf16Amx => CpuWorkspaceBytes,
        DeviceKind.Ilgpu => Math.Max(IlgpuWorkspaceBytes, CudaWorkspaceBytes),
        _ => 0,
    };

    // Sums and squares of each chunk of pixels by channel, then mean, factor and offset by channel. Chunks depend on the size alone, and
    // are added up in order: any number of threads gives the same bits.
    private long CpuWorkspaceBytes => sizeof(float) * (long)size.Batch * size.Channels * (2 * Chunks(size) + 3);

    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => WidestVectors.Run(this, threads);

    void IAnyWidth.RunCpu<TSimd, TVector>(CpuThreads threads)
    {
        threads.For(checked((int)(size.Batch * Chunks(size))), new Sums<TSimd, TVector>(this));
        threads.For(size.Batch * StatisticsItems, new Statistics(this));
        threads.For(RowBlocks.Count(Rows, checked(size.Width * size.Channels)), new Apply<TSimd, TVector>(this));
    }

    private static long Chunks(VideoSize size) => (size.Pixels + PixelsPerChunk(size) - 1) / PixelsPerChunk(size);

    private static int PixelsPerChunk(VideoSize size) => Math.Max(1, ChunkFloats / size.Channels);

    private long Rows => (long)size.Batch * size.Frames * size.Height;

    private int GroupsPerItem => Math.Max(1, ChannelsPerItem / (size.Channels / groups));

    private int StatisticsItems => (groups + GroupsPerItem - 1) / GroupsPerItem;

    private float* ChunkSums(CpuWorker worker, long b, long chunk) =>
        (float*)worker.Workspace + (b * Chunks(size) + chunk) * 2 * size.Channels;

    private float* Means(CpuWorker worker, long b) =>
        (float*)worker.Workspace + size.Batch * Chunks(size) * 2 * size.Channels + (long)b * 3 * size.Channels;

    // By channel, Σ (x − x₀) and Σ (x − x₀)² with x₀ the channel's first pixel: values far from zero keep their variance.
    private readonly struct Sums<TSimd, TVector>(GroupNorm norm) : IParallelBody
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        public void Run(int item, CpuWorker worker)
        {
            VideoSize size = norm.size;
            (long b, long chunk) = Math.DivRem(item, Chunks(size));
            long first = chunk * PixelsPerChunk(size), end = Math.Min(size.Pixels, first + PixelsPerChunk(size));
            float* origin = norm.x.Floats + b * size.Pixels * size.Channels;
            float* sums = norm.ChunkSums(worker, b, chunk);
            new Span<float>(sums, 2 * size.Channels).Clear();
            Accumulate(origin + first * size.Channels, (int)(end - first), size.Channels, origin, sums);
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
                    Streaming.PrefetchAhead(x + 4 * channels + 4 * c); // the next four pixels' memory evenly, not by their channels
                    Streaming.PrefetchAhead(x + 4 * channels + 4 * c + 2 * TSimd.Lanes);
                    TVector o = TSimd.Load(origin + c);
                    TVector d0 = TSimd.Subtract(TSimd.Load(x + c), o), d1 = TSimd.Subtract(TSimd.Load(x1 + c), o);
                    TVector d2 = TSimd.Subtract(TSimd.Load(x2 + c), o), d3 = TSimd.Subtract(TSimd.Load(x3 + c), o);
                    TVector sum = TSimd.Add(TSimd.Add(d0, d1), TSimd.Add(d2, d3));
                    TSimd.Store(TSimd.Add(TSimd.Load(sums + c), sum), sums + c);
                    TVector even = TSimd.MultiplyAdd(d0, d0, TSimd.Multiply(d2, d2));
                    TVector odd = TSimd.MultiplyAdd(d1, d1, TSimd.Multiply(d3, d3));
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

    // Some groups: their means and variances in double from those of their channels, then what `Apply` needs.
    private readonly struct Statistics(GroupNorm norm) : IParallelBody
    {
        public void Run(int item, CpuWorker worker)
        {
            VideoSize size = norm.size;
            int width = size.Channels / norm.groups;
            (int b, item) = Math.DivRem(item, norm.StatisticsItems);
            int firstGroup = item * norm.GroupsPerItem, groups = Math.Min(norm.GroupsPerItem, norm.groups - firstGroup);
            double* means = (double*)worker.Scratch(2L * groups * width * sizeof(double)), squares = means + groups * width;
            ChannelMoments(worker, b, firstGroup * width, groups * width, means, squares);
            for (int group = 0; group < groups; group++)
                Finish(norm.Means(worker, b), (firstGroup + group) * width, width, means + group * width, squares + group * width);
        }

        // Means, and sums of squared distances from them.
        private void ChannelMoments(CpuWorker worker, int b, int first, int count, double* means, double* squares)
        {
            VideoSize size = norm.size;
            long chunks = Chunks(size);
            new Span<double>(means, 2 * count).Clear();
            for (long chunk = 0; chunk < chunks; chunk++)
            {
                float* sums = norm.ChunkSums(worker, b, chunk) + first;
                for (int c = 0; c < count; c++)
                {
                    means[c] += sums[c];
                    squares[c] += sums[size.Channels + c];
                }
            }
            float* origin = norm.x.Floats + b * size.Pixels * size.Channels + first;
            for (int c = 0; c < count; c++)
            {
                squares[c] = Math.Max(0, squares[c] - means[c] * means[c] / size.Pixels);
                means[c] = origin[c] + means[c] / size.Pixels;
            }
        }

        private void Finish(float* means, int first, int width, double* channelMeans, double* channelSquares)
        {
            VideoSize size = norm.size;
            double mean = 0, squares = 0;
            for (int c = 0; c < width; c++)
                mean += channelMeans[c] / width;
            for (int c = 0; c < width; c++)
                squares += channelSquares[c] + size.Pixels * (channelMeans[c] - mean) * (channelMeans[c] - mean);
            double scale = 1 / Math.Sqrt(squares / ((double)size.Pixels * width) + norm.epsilon);

            float* factors = means + size.Channels, offsets = factors + size.Channels;
            for (int c = first; c < first + width; c++)
            {
                means[c] = (float)mean;
                factors[c] = (float)(scale * norm.weight[c]);
                offsets[c] = (float)(norm.bias[c] - (mean - means[c]) * scale * norm.weight[c]); // what rounding the mean lost
            }
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
            bool streams = Streaming.Suits(norm.y.Floats, size.Channels, size.Count);
            (long first, long end) = RowBlocks.Range(item, norm.Rows, length);
            for (long row = first; row < end; row++)
            {
                (long frame, long h) = Math.DivRem(row, size.Height);
                (long b, long f) = Math.DivRem(frame, size.Frames);
                float* x = norm.x.Floats + row * length, y = norm.y.Floats + row * length, means = norm.Means(worker, b);
                if (norm.maps.IsNone)
                {
                    Normalise(x, y, size.Width, means, null, null, streams);
                    continue;
                }
                long mapRow = norm.maps.Row((int)b, (int)f, (int)h, size);
                for (int w = 0; w < size.Width; w++)
                {
                    long map = mapRow + norm.maps.Column(w, size);
                    Normalise(
                        x + w * size.Channels, y + w * size.Channels, 1, means, norm.maps.Scale.Floats + map, norm.maps.Shift.Floats + map,
                        streams);
                }
            }
            Streaming.End(streams);
        }

        private void Normalise(float* x, float* y, int pixels, float* means, float* scales, float* shifts, bool streams)
        {
            if (norm.silu)
                Normalise<Silu>(x, y, pixels, means, scales, shifts, streams);
            else
                Normalise<Identity>(x, y, pixels, means, scales, shifts, streams);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Normalise<TActivation>(float* x, float* y, int pixels, float* means, float* scales, float* shifts, bool streams)
            where TActivation : struct, IElementFunction
        {
            int channels = norm.size.Channels, whole = channels / (2 * TSimd.Lanes) * 2 * TSimd.Lanes;
            float* factors = means + channels, offsets = factors + channels;
            for (int pixel = 0; pixel < pixels; pixel++, x += channels, y += channels)
            {
                for (int c = 0; c < whole; c += 2 * TSimd.Lanes)
                {
                    Streaming.PrefetchAhead(x + c);
                    TVector low = TSimd.MultiplyAdd(
                        TSimd.Subtract(TSimd.Load(x + c), TSimd.Load(means + c)), TSimd.Load(factors + c), TSimd.Load(offsets + c));
                    int d = c + TSimd.Lanes;
                    TVector high = TSimd.MultiplyAdd(
                        TSimd.Subtract(TSimd.Load(x + d), TSimd.Load(means + d)), TSimd.Load(factors + d), TSimd.Load(offsets + d));
                    if (scales is not null)
                    {
                        low = TSimd.MultiplyAdd(low, TSimd.Load(scales + c), TSimd.Load(shifts + c));
                        high = TSimd.MultiplyAdd(high, TSimd.Load(scales + d), TSimd.Load(shifts + d));
                    }
                    Streaming.Store<TSimd, TVector>(TActivation.Fast<TSimd, TVector>(low), y + c, streams);
                    Streaming.Store<TSimd, TVector>(TActivation.Fast<TSimd, TVector>(high), y + d, streams);
                }
                for (int c = whole; c < channels; c++)
                {
                    float value = (x[c] - means[c]) * factors[c] + offsets[c];
                    y[c] = (float)TActivation.Exact(scales is null ? value : value * scales[c] + shifts[c]);
                }
            }
        }
    }

    private readonly struct Identity : IElementFunction
    {
        public static string Name => "identity";

        public static int Flops => 0;

        public static double Exact(double x) => x;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Fast<TSimd, TVector>(TVector x)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged => x;

        public float Portable(float x) => x;

        public static float Cuda(float x) => x;
    }
}
