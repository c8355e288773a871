using ILGPU;

namespace CogVideoX.Kernels.Ilgpu;

/// <summary>
/// Numbers that are computed before a loop. ILGPU moves arithmetic to where it is used, so a loop that uses a quotient would divide each
/// time around; what comes from memory stays.
/// </summary>
internal static class Pinned
{
    /// <summary>The same value, in a group of at most <see cref="IlgpuQueue.GroupThreads"/>: each thread has its own.</summary>
    public static T Of<T>(T value) where T : unmanaged
    {
        ArrayView<T> places = SharedMemory.Allocate<T>(IlgpuQueue.GroupThreads);
        places[Group.IdxX] = value;
        return places[Group.IdxX];
    }
}
