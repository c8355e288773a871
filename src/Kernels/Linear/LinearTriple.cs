using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

/// <summary>
/// Three products of one x with weights of one size, such as queries, keys and values, as one: their tiles are shared among the
/// threads together, which wait for each other once, and those of the same rows of x follow each other.
/// </summary>
/// <param name="first">A product.</param>
/// <param name="second">Of the same sizes.</param>
/// <param name="third">Likewise.</param>
internal readonly partial struct LinearTriple(Linear first, Linear second, Linear third) : IOperation, IAnyWidth
{
    /// <inheritdoc/>
    public static string Name => Linear.Name;

    /// <inheritdoc/>
    public double Flops => first.Flops + second.Flops + third.Flops;

    /// <inheritdoc/>
    public void RunReference()
    {
        first.RunReference();
        second.RunReference();
        third.RunReference();
    }

    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => WidestVectors.Run(this, threads);

    /// <inheritdoc/>
    public static bool HasCpuBf16 => true;

    /// <inheritdoc/>
    public unsafe void RunCpuBf16(CpuThreads threads) => new Linear.PairProducts(first, second, third).Run(threads, threads.Workspace);

    void IAnyWidth.RunCpu<TSimd, TVector>(CpuThreads threads) => Linear.RunTogether<TSimd, TVector>(first, second, third, threads);
}
