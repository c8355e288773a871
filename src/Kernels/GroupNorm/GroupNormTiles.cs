using CogVideoX.Kernels.Ilgpu;

namespace CogVideoX.Kernels;

/// <summary>
/// How the portable kernels share a video out among groups of threads. Neighbouring threads have neighbouring channels, of several pixels
/// where channels are few. It depends on the size alone, so that any device gives the same sums.
/// </summary>
/// <param name="Channels">Channels of a tile, a thread each; the last tile may have fewer.</param>
/// <param name="Count">Tiles beside each other.</param>
/// <param name="Lanes">Pixels that a group has at the same time.</param>
/// <param name="ChunkPixels">Pixels of a chunk, for which a group takes moments.</param>
/// <param name="Chunks">Chunks of a batch item.</param>
internal readonly record struct GroupNormTiles(int Channels, int Count, int Lanes, long ChunkPixels, int Chunks)
{
    /// <summary>Pixels whose moments a thread takes at once.</summary>
    public const int Run = 8;

    private const int Groups = 2048; // as many as a large device runs at the same time
    private const int LeastRuns = 4; // a thread's, so that its moments are worth writing down

    /// <summary>Moments of a channel of a batch item: one for each chunk and lane.</summary>
    public int Slots => Chunks * Lanes;

    public static GroupNormTiles Of(VideoSize size)
    {
        int tiles = Math.Max(1, Parts(size.Channels, IlgpuQueue.GroupThreads)), channels = Math.Max(1, Parts(size.Channels, tiles));
        int lanes = IlgpuQueue.GroupThreads / channels;
        long runs = (size.Pixels + Run * lanes - 1) / (Run * lanes), most = Math.Max(1, Groups / tiles);
        long chunkRuns = Math.Max(LeastRuns, (runs + most - 1) / most);
        return new GroupNormTiles(channels, tiles, lanes, chunkRuns * Run * lanes, (int)((runs + chunkRuns - 1) / chunkRuns));
    }

    private static int Parts(int count, int most) => (int)(((long)count + most - 1) / most);
}
