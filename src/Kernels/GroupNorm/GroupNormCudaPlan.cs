namespace CogVideoX.Kernels;

/// <summary>
/// How the kernels of our compiler share a video out. Neighbouring threads have neighbouring eights of channels; a CTA has some pixels at
/// the same time. It depends on the size alone, so that any card gives the same sums.
/// </summary>
/// <param name="ChunkPixels">Pixels of a CTA that takes moments.</param>
/// <param name="Chunks">Such CTAs of a batch item.</param>
/// <param name="RowParts">CTAs that share a row when the result is made.</param>
internal readonly record struct GroupNormCudaPlan(int ChunkPixels, int Chunks, int RowParts)
{
    /// <summary>Threads of a CTA.</summary>
    public const int Threads = 256;

    /// <summary>Neighbouring channels of a thread.</summary>
    public const int Eight = 8;

    private const int MostChunks = 1024; // as many CTAs as a large card runs at the same time
    private const int LeastPixels = 8, RowPixels = 32; // of a thread, so that beginning and end are little beside them

    /// <summary>The plan for a size, whose channels are a multiple of eight.</summary>
    public static GroupNormCudaPlan Of(VideoSize size)
    {
        int lanes = Lanes(size.Channels);
        long least = (long)LeastPixels * lanes, chunkPixels = Parts(Parts(size.Pixels, MostChunks), least) * least;
        return new(checked((int)chunkPixels), (int)Parts(size.Pixels, chunkPixels), (int)Parts(size.Width, RowPixels * lanes));
    }

    /// <summary>Whether there is a plan for a size.</summary>
    public static bool Takes(VideoSize size) => size.Channels % Eight == 0 && size.Channels / Eight is > 0 and <= Threads
        && size.Pixels * size.Channels / MostChunks <= int.MaxValue / 2 && (long)size.Width * size.Channels <= int.MaxValue / 2;

    /// <summary>Pixels that a CTA has at the same time.</summary>
    public static int Lanes(int channels) => Threads / (channels / Eight);

    private static long Parts(long count, long size) => (count + size - 1) / size;
}
