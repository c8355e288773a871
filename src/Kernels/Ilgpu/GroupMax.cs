using ILGPU;
using ILGPU.Algorithms;

namespace CogVideoX.Kernels.Ilgpu;

/// <summary>The largest number over the threads of a group of <see cref="IlgpuQueue.GroupThreads"/>.</summary>
internal static class GroupMax
{
    /// <summary>The largest of what each thread of the group gives, to all of them. All must call it.</summary>
    public static float Of(float value)
    {
        ArrayView<float> partial = SharedMemory.Allocate<float>(IlgpuQueue.GroupThreads);
        int thread = Group.IdxX;
        partial[thread] = value;
        Group.Barrier();
        for (int reach = IlgpuQueue.GroupThreads / 2; reach > 0; reach /= 2)
        {
            if (thread < reach)
                partial[thread] = XMath.Max(partial[thread], partial[thread + reach]);
            Group.Barrier();
        }
        float most = partial[0];
        Group.Barrier(); // the next one writes there
        return most;
    }
}
