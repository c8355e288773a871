using CogVideoX.Kernels.Ilgpu;
using ILGPU;
using ILGPU.Algorithms;

namespace CogVideoX.Kernels;

/// <summary>The portable kernels that find what a channel's numbers are multiplied with and moved by.</summary>
internal static class GroupNormStatistics
{
    /// <summary>The moments of a thread's pixels: a group has a tile of the channels of a chunk of pixels.</summary>
    public static void GroupNormMoments<T>(ChunkArguments<T> a) where T : unmanaged, IStored<T>
    {
        int chunks = a.Tiles.Chunks, outer = Grid.IdxX / chunks, chunk = Grid.IdxX - outer * chunks;
        int b = outer / a.Tiles.Count, tile = outer - b * a.Tiles.Count;
        int lane = Group.IdxX / a.Tiles.Channels, inTile = Group.IdxX - lane * a.Tiles.Channels;
        int channel = tile * a.Tiles.Channels + inTile;
        if (lane >= a.Tiles.Lanes || channel >= a.Channels)
            return;
        long first = chunk * a.Tiles.ChunkPixels, pixels = XMath.Min(a.Tiles.ChunkPixels, a.Pixels - first) - lane;
        long at = (b * a.Pixels + first + lane) * a.Channels + channel;
        long slot = b * (long)a.Tiles.Slots + chunk * a.Tiles.Lanes + lane;
        a.Moments[slot * a.Channels + channel] = Strided(a.X, at, (long)a.Tiles.Lanes * a.Channels, pixels, a.Tiles.Lanes);
    }

    /// <summary>From the moments of all chunks to those of a group of channels, and to what its channels need: a group for each.</summary>
    public static void GroupNormMaps(FinishArguments a)
    {
        int b = Grid.IdxX / a.Groups, width = a.Channels / a.Groups, firstChannel = (Grid.IdxX - b * a.Groups) * width;
        int count = a.Slots * width; // few: there are as many slots as groups run at once
        long first = (long)b * a.Slots * a.Channels + firstChannel;
        Moments some = a.Moments[first];
        float origin = some.Origin + some.Shift; // near the mean: what is added up is small
        float shift = GroupSum.Of(Sum(a, first, width, count, origin, 0, squares: false)) / a.Count;
        float variance = GroupSum.Of(Sum(a, first, width, count, origin, shift, squares: true)) / a.Count;
        float scale = 1 / XMath.Sqrt(variance + a.Epsilon);
        for (int c = Group.IdxX; c < width; c += IlgpuQueue.GroupThreads)
        {
            int channel = firstChannel + c;
            var map = new ChannelMap(origin, shift, scale * a.Weight.One(channel), a.Bias.One(channel));
            a.Channel[(long)b * a.Channels + channel] = map;
        }
    }

    // Of `pixels` pixels every `lanes`-th, from one on.
    private static Moments Strided<T>(ArrayView<T> x, long at, long stride, long pixels, int lanes) where T : unmanaged, IStored<T>
    {
        if (pixels <= 0)
            return default;
        float origin = x[at].Value;
        var moments = new Moments(0, origin, 0, 0);
        long left = pixels;
        for (; left > (GroupNormTiles.Run - 1) * lanes; left -= GroupNormTiles.Run * lanes, at += GroupNormTiles.Run * stride)
        {
            float d0 = x[at].Value, d1 = x[at + stride].Value, d2 = x[at + 2 * stride].Value, d3 = x[at + 3 * stride].Value;
            float d4 = x[at + 4 * stride].Value, d5 = x[at + 5 * stride].Value;
            float d6 = x[at + 6 * stride].Value, d7 = x[at + 7 * stride].Value;
            d0 -= origin;
            d1 -= origin;
            d2 -= origin;
            d3 -= origin;
            d4 -= origin;
            d5 -= origin;
            d6 -= origin;
            d7 -= origin;
            float mean = (d0 + d1 + (d2 + d3) + (d4 + d5 + (d6 + d7))) * (1f / GroupNormTiles.Run);
            float squares = Squares(d0 - mean, d1 - mean, d2 - mean, d3 - mean) + Squares(d4 - mean, d5 - mean, d6 - mean, d7 - mean);
            moments = moments.With(GroupNormTiles.Run, mean, squares);
        }
        for (; left > 0; left -= lanes, at += stride)
            moments = moments.With(1, x[at].Value - origin, 0);
        return moments;
    }

    private static float Squares(float d0, float d1, float d2, float d3) => d0 * d0 + d1 * d1 + (d2 * d2 + d3 * d3);

    // This thread's part of the sum over all moments of a group of channels: four at a time, so that their loads don't wait for each other.
    private static float Sum(FinishArguments a, long first, int width, int count, float origin, float shift, bool squares)
    {
        const int Threads = IlgpuQueue.GroupThreads;
        float sum = 0;
        int i = Group.IdxX;
        for (; i + 3 * Threads < count; i += 4 * Threads)
        {
            Moments m0 = Of(a, first, width, i), m1 = Of(a, first, width, i + Threads);
            Moments m2 = Of(a, first, width, i + 2 * Threads), m3 = Of(a, first, width, i + 3 * Threads);
            sum += Term(m0, origin, shift, squares) + Term(m1, origin, shift, squares)
                + (Term(m2, origin, shift, squares) + Term(m3, origin, shift, squares));
        }
        for (; i < count; i += Threads)
            sum += Term(Of(a, first, width, i), origin, shift, squares);
        return sum;
    }

    private static Moments Of(FinishArguments a, long first, int width, int index)
    {
        int slot = index / width;
        return a.Moments[first + (long)slot * a.Channels + (index - slot * width)];
    }

    private static float Term(Moments m, float origin, float shift, bool squares)
    {
        float distance = m.Origin - origin + m.Shift - shift;
        return squares ? m.Squares + m.Count * (distance * distance) : m.Count * distance;
    }

    internal readonly record struct ChunkArguments<T>(
        ArrayView<T> X, ArrayView<Moments> Moments, long Pixels, int Channels, GroupNormTiles Tiles)
        where T : unmanaged;

    internal readonly record struct FinishArguments(
        ArrayView<Moments> Moments, AnyNumbers Weight, AnyNumbers Bias, ArrayView<ChannelMap> Channel,
        int Channels, int Groups, int Slots, float Count, float Epsilon);
}

/// <summary>
/// (x − mean) · <paramref name="Factor"/> + <paramref name="Offset"/>, with the mean in two parts. (Four numbers, since a view begins at a
/// multiple of its elements' size.)
/// </summary>
internal readonly record struct ChannelMap(float Origin, float Shift, float Factor, float Offset)
{
    /// <summary>The normalised number.</summary>
    public float Of(float x) => (x - Origin - Shift) * Factor + Offset;
}
