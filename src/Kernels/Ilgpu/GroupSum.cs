using ILGPU;

namespace CogVideoX.Kernels.Ilgpu;

/// <summary>
/// Sums over the threads of a group of <see cref="IlgpuQueue.GroupThreads"/>, always in the same order. (ILGPU.Algorithms' reduce by atomic
/// additions of floats, in whatever order warps arrive.)
/// </summary>
internal static class GroupSum
{
    /// <summary>The sum of what each thread of the group gives, to all of them. All must call it.</summary>
    public static float Of(float value)
    {
        ArrayView<float> partial = SharedMemory.Allocate<float>(IlgpuQueue.GroupThreads);
        int thread = Group.IdxX;
        partial[thread] = value;
        Group.Barrier();
        for (int reach = IlgpuQueue.GroupThreads / 2; reach > 0; reach /= 2)
        {
            if (thread < reach)
                partial[thread] += partial[thread + reach];
            Group.Barrier();
        }
        float sum = partial[0];
        Group.Barrier(); // the next sum writes there
        return sum;
    }
}
