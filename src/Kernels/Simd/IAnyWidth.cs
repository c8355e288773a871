using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels.Simd;

/// <summary>An operation whose fast form is written once for every width of vectors.</summary>
internal interface IAnyWidth
{
    /// <summary>The fast form with vectors of a chosen width, which needn't be one that the processor has.</summary>
    void RunCpu<TSimd, TVector>(CpuThreads threads)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged;
}
