using System.Numerics.Tensors;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct CountNotFinite
{
    private const int PartLength = 1 << 20;

    /// <summary>On the calling thread alone: a sweep costs what reading costs, next to nothing beside what made the numbers.</summary>
    public void RunCpu(CpuThreads threads)
    {
        *y = 0;
        float* numbers = x.Floats;
        for (long first = 0; first < count; first += PartLength)
        {
            var part = new ReadOnlySpan<float>(numbers + first, (int)Math.Min(PartLength, count - first));
            if (!TensorPrimitives.IsFiniteAll(part))
                *y += NotFinite(part);
        }
    }

    private static long NotFinite(ReadOnlySpan<float> part)
    {
        long found = 0;
        foreach (float value in part)
            found += float.IsFinite(value) ? 0 : 1;
        return found;
    }
}
