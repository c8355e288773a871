using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

public readonly unsafe partial struct Linear
{
    // Up to here the weights are read once, as they lie; packing them wouldn't pay.
    private const int FewRows = 16;

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
        if (rows <= FewRows)
        {
            var strips = new Strips<TSimd, TVector>(this);
            threads.For(strips.Count, strips);
        }
        else
        {
            var grid = new LinearGrid(rows, outputs, threads.Count);
            threads.For(grid.Count, new Tiles<TSimd, TVector>(this, grid));
        }
    }
}
