using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary><see cref="SpatialMaps"/> as kernels of our compiler read them: the same rule, with the quotients of sizes made once.</summary>
/// <typeparam name="T">BFloat16 or Half.</typeparam>
internal readonly unsafe struct CudaSpatialMaps<T>(SpatialMaps maps, VideoSize video) where T : unmanaged
{
    private readonly T* scale = (T*)maps.Scale.Address, shift = (T*)maps.Shift.Address;
    private readonly VideoSize map = maps.Map;
    private readonly int single = IsSingle(video) ? 1 : 0; // frames that stand for themselves
    private readonly float frameStep = Step(maps.Map.Frames - (IsSingle(video) ? 1 : 0), video.Frames - (IsSingle(video) ? 1 : 0));
    private readonly float rowStep = Step(maps.Map.Height, video.Height), columnStep = Step(maps.Map.Width, video.Width);

    /// <summary>True where there are none.</summary>
    public bool IsNone => scale == null;

    /// <summary><see cref="SpatialMaps.Row"/>.</summary>
    public long Row(int b, int f, int h)
    {
        int frame = f < single ? 0 : single + Nearest(f - single, map.Frames - single, frameStep);
        return (((long)b * map.Frames + frame) * map.Height + Nearest(h, map.Height, rowStep)) * map.Width * map.Channels;
    }

    /// <summary><see cref="SpatialMaps.Column"/>.</summary>
    public int Column(int w) => Nearest(w, map.Width, columnStep) * map.Channels;

    /// <summary>Eight scales and shifts, the first at a multiple of 16 bytes.</summary>
    public (Bits128 Scales, Bits128 Shifts) Read(long index) => (*(Bits128*)(scale + index), *(Bits128*)(shift + index));

    private static bool IsSingle(VideoSize video) => video.Frames > 1 && video.Frames % 2 == 1;

    private static float Step(int source, int target) => (float)source / target;

    private static int Nearest(int index, int source, float step) => Math.Min(source - 1, (int)(index * step));
}
