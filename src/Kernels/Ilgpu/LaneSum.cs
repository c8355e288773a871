using ILGPU;

namespace CogVideoX.Kernels.Ilgpu;

/// <summary>Sums over neighbouring threads, as <see cref="GroupSum"/> over all of a group: for rows that are short.</summary>
internal static class LaneSum
{
    /// <summary>The sum of what some neighbouring threads give, to all of them. All of the group must call it.</summary>
    /// <param name="value">What this thread gives.</param>
    /// <param name="lanes">A power of two, up to <see cref="IlgpuQueue.GroupThreads"/>; the same for all.</param>
    public static float Of(float value, int lanes)
    {
        ArrayView<float> partial = SharedMemory.Allocate<float>(IlgpuQueue.GroupThreads);
        int thread = Group.IdxX, lane = thread & (lanes - 1);
        partial[thread] = value;
        Group.Barrier();
        for (int reach = lanes / 2; reach > 0; reach /= 2)
        {
            if (lane < reach)
                partial[thread] += partial[thread + reach];
            Group.Barrier();
        }
        float sum = partial[thread - lane];
        Group.Barrier(); // the next sum writes there
        return sum;
    }
}
