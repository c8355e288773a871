using CogVideoX.Kernels.Ilgpu;
using ILGPU;
using ILGPU.Algorithms;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct GroupNorm
{
    private const int PartPixels = 64; // of a row, that a lane goes through

    private long IlgpuMoments => (long)size.Batch * GroupNormTiles.Of(size).Slots * size.Channels;

    // Moments of each channel of each chunk, then what each channel is mapped by.
    private long IlgpuWorkspaceBytes =>
        IlgpuMoments * sizeof(Moments) + (long)size.Batch * size.Channels * sizeof(ChannelMap);

    /// <inheritdoc/>
    public void RunIlgpu(IlgpuQueue queue)
    {
        if (!maps.IsNone && (maps.Scale.Format != x.Format || maps.Shift.Format != x.Format))
            throw new NotSupportedException("The portable kernels of group norm have maps of the type of x.");
        if (size.Count > 0)
            StoredAs.Run(x, new Launch(this, queue));
    }

    // A group has a tile of the channels of a part of a row of pixels.
    private static void GroupNormApply<T>(Arguments<T> a) where T : unmanaged, IStored<T>
    {
        int tileItem = Grid.IdxX / a.Tiles.Count, tile = Grid.IdxX - tileItem * a.Tiles.Count;
        int row = tileItem / a.Parts, part = tileItem - row * a.Parts;
        int frame = row / a.Size.Height, h = row - frame * a.Size.Height;
        int b = frame / a.Size.Frames, f = frame - b * a.Size.Frames;
        int lane = Group.IdxX / a.Tiles.Channels, inTile = Group.IdxX - lane * a.Tiles.Channels;
        int channels = a.Size.Channels, channel = tile * a.Tiles.Channels + inTile, lanes = a.Tiles.Lanes;
        if (lane >= lanes || channel >= channels)
            return;
        int w = part * a.PartPixels + lane, end = XMath.Min(a.Size.Width, (part + 1) * a.PartPixels);
        long at = ((long)row * a.Size.Width + w) * channels + channel, stride = (long)lanes * channels;
        long map = a.Maps.IsNone ? 0 : a.Maps.Row(b, f, h) + channel;
        ChannelMap channelMap = a.Channel[(long)b * channels + channel];
        // Four at a time, so that their loads don't wait for stores.
        for (; w + 3 * lanes < end; w += 4 * lanes, at += 4 * stride)
        {
            float v0 = channelMap.Of(a.X[at].Value), v1 = channelMap.Of(a.X[at + stride].Value);
            float v2 = channelMap.Of(a.X[at + 2 * stride].Value), v3 = channelMap.Of(a.X[at + 3 * stride].Value);
            if (!a.Maps.IsNone)
            {
                v0 = Mapped(a.Maps, v0, map, w);
                v1 = Mapped(a.Maps, v1, map, w + lanes);
                v2 = Mapped(a.Maps, v2, map, w + 2 * lanes);
                v3 = Mapped(a.Maps, v3, map, w + 3 * lanes);
            }
            if (a.Silu != 0)
            {
                v0 = IlgpuMath.Silu(v0);
                v1 = IlgpuMath.Silu(v1);
                v2 = IlgpuMath.Silu(v2);
                v3 = IlgpuMath.Silu(v3);
            }
            a.Y[at] = default(T).From(v0);
            a.Y[at + stride] = default(T).From(v1);
            a.Y[at + 2 * stride] = default(T).From(v2);
            a.Y[at + 3 * stride] = default(T).From(v3);
        }
        for (; w < end; w += lanes, at += stride)
        {
            float value = channelMap.Of(a.X[at].Value);
            if (!a.Maps.IsNone)
                value = Mapped(a.Maps, value, map, w);
            a.Y[at] = default(T).From(a.Silu != 0 ? IlgpuMath.Silu(value) : value);
        }
    }

    private static float Mapped<T>(PortableMaps<T> maps, float value, long map, int w) where T : unmanaged, IStored<T>
    {
        map += maps.Column(w);
        return value * maps.Scale[map].Value + maps.Shift[map].Value;
    }

    // (ILGPU has no bool among arguments.)
    internal readonly record struct Arguments<T>(
        ArrayView<T> X, ArrayView<T> Y, ArrayView<ChannelMap> Channel, PortableMaps<T> Maps, VideoSize Size, GroupNormTiles Tiles,
        int Parts, int PartPixels, byte Silu)
        where T : unmanaged;

    private readonly struct Launch(GroupNorm norm, IlgpuQueue queue) : IStoredAs
    {
        public void Run<T>() where T : unmanaged, IStored<T>
        {
            VideoSize size = norm.size;
            var tiles = GroupNormTiles.Of(size);
            long moments = norm.IlgpuMoments, channels = (long)size.Batch * size.Channels;
            ArrayView<T> x = queue.View<T>(norm.x, size.Count), y = queue.View<T>(norm.y, size.Count);
            ArrayView<Moments> all = queue.View<Moments>((void*)queue.Workspace, moments);
            ArrayView<ChannelMap> channel = queue.View<ChannelMap>((Moments*)queue.Workspace + moments, channels);

            queue.LaunchRows(
                GroupNormStatistics.GroupNormMoments, (long)size.Batch * tiles.Count * tiles.Chunks,
                new GroupNormStatistics.ChunkArguments<T>(x, all, size.Pixels, size.Channels, tiles));
            queue.LaunchRows(
                GroupNormStatistics.GroupNormMaps, (long)size.Batch * norm.groups,
                new GroupNormStatistics.FinishArguments(
                    all, new AnyNumbers(queue, norm.weight, size.Channels), new AnyNumbers(queue, norm.bias, size.Channels), channel,
                    size.Channels, norm.groups, tiles.Slots, (float)size.Pixels * (size.Channels / norm.groups), norm.epsilon));

            int parts = (size.Width + PartPixels * tiles.Lanes - 1) / (PartPixels * tiles.Lanes);
            long maps = norm.maps.IsNone ? 0 : norm.maps.Map.Count;
            queue.LaunchRows(
                GroupNormApply, (long)size.Batch * size.Frames * size.Height * parts * tiles.Count,
                new Arguments<T>(
                    x, y, channel,
                    PortableMaps<T>.Of(queue.View<T>(norm.maps.Scale, maps), queue.View<T>(norm.maps.Shift, maps), norm.maps.Map, size),
                    size, tiles, parts, (size.Width + parts - 1) / parts, norm.silu ? (byte)1 : (byte)0));
        }
    }
}
