using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

public readonly unsafe partial struct Attention
{
    private const int LargestQueryBlock = 192, SmallestQueryBlock = 48;
    private const int BlocksPerThread = 3;

    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads)
    {
        if (Vector512.IsHardwareAccelerated)
            RunCpu<Simd512, Vector512<float>>(threads);
        else if (Vector256.IsHardwareAccelerated)
            RunCpu<Simd256, Vector256<float>>(threads);
        else
            RunCpu<Simd128, Vector128<float>>(threads);
    }

    /// <summary>With vectors of a chosen width, which needn't be one that the processor has.</summary>
    internal void RunCpu<TSimd, TVector>(CpuThreads threads)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        int blocks = LinearGrid.Parts(size.Queries, LargestQueryBlock);
        while (blocks * size.Batch * size.Heads < BlocksPerThread * threads.Count && size.Queries / (blocks + 1) >= SmallestQueryBlock)
            blocks++;
        int rows = LinearGrid.RoundUp(LinearGrid.Parts(size.Queries, blocks), MicroKernel<TSimd, TVector>.Rows);
        blocks = LinearGrid.Parts(size.Queries, rows);
        threads.For(size.Batch * size.Heads * blocks, new Blocks<TSimd, TVector>(this, rows, blocks));
    }
}
