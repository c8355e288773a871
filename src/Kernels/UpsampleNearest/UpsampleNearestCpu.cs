using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct UpsampleNearest
{
    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) =>
        threads.For(RowBlocks.Count(Rows(Result), checked(Result.Width * size.Channels)), new ResultRows(this));

    private static long Rows(VideoSize video) => (long)video.Batch * video.Frames * video.Height;

    private readonly struct ResultRows(UpsampleNearest upsample) : IParallelBody
    {
        public void Run(int item, CpuWorker worker)
        {
            VideoSize result = upsample.Result;
            int channels = result.Channels, length = result.Width * channels;
            (long first, long end) = RowBlocks.Range(item, Rows(result), length);
            for (long row = first; row < end; row++)
            {
                long source = upsample.SourcePixel(result.Position(row * result.Width)) * channels;
                Double(
                    new ReadOnlySpan<float>(upsample.x.Floats + source, length / 2),
                    new Span<float>(upsample.y.Floats + row * length, length), channels);
            }
        }

        private static void Double(ReadOnlySpan<float> source, Span<float> target, int channels)
        {
            for (int i = 0; i < source.Length; i += channels)
            {
                ReadOnlySpan<float> pixel = source.Slice(i, channels);
                pixel.CopyTo(target.Slice(2 * i, channels));
                pixel.CopyTo(target.Slice(2 * i + channels, channels));
            }
        }
    }
}
