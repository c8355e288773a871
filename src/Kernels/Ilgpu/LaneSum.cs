using ILGPU;

namespace CogVideoX.Kernels.Ilgpu;

/// <summary>Sums over neighbouring threads, as <see cref="GroupSum"/> over all of a group: where several rows share one.</summary>
internal static class LaneSum
{
    /// <summary>The sum of what some neighbouring threads give, to all of them. All of the group must call it.</summary>
    /// <param name="value">What this thread gives.</param>
    /// <param name="lanes">A power of two, up to <see cref="IlgpuQueue.GroupThreads"/>; the same for all.</param>
    public static FloatPair Of(FloatPair value, int lanes)
    {
        ArrayView<FloatPair> partial = SharedMemory.Allocate<FloatPair>(IlgpuQueue.GroupThreads);
        int thread = Group.IdxX, lane = thread & (lanes - 1);
        FloatPair sum = value;
        partial[thread] = sum;
        Group.Barrier();
        for (int reach = lanes / 2; reach > 0; reach /= 2)
        {
            if (lane < reach)
            {
                FloatPair other = partial[thread + reach];
                sum += other;
                partial[thread] = sum;
            }
            Group.Barrier();
        }
        sum = partial[thread - lane];
        Group.Barrier(); // the next sum writes there
        return sum;
    }
}
