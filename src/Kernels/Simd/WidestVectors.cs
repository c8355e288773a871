using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels.Simd;

/// <summary>
/// Chooses the widest vectors that the processor has, or where results mustn't depend on it
/// (<see cref="CpuThreads.SameOnEveryProcessor"/>) those of 512 bits, whatever they are made of.
/// </summary>
internal static class WidestVectors
{
    public static void Run<TOperation>(in TOperation operation, CpuThreads threads) where TOperation : struct, IAnyWidth
    {
        if (Vector512.IsHardwareAccelerated || threads.SameOnEveryProcessor)
            operation.RunCpu<Simd512, Vector512<float>>(threads);
        else if (Vector256.IsHardwareAccelerated)
            operation.RunCpu<Simd256, Vector256<float>>(threads);
        else
            operation.RunCpu<Simd128, Vector128<float>>(threads);
    }
}
