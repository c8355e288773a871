using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels.Tests;

public sealed unsafe class NoRowsTests
{
    private const int Inputs = 64, Outputs = 7;

    // The row before the input would lie at address 0, whose reading is an exception rather than the end of the process.
    [Fact]
    public void AProductWithoutRowsReadsNothing()
    {
        using var threads = new CpuThreads(2);
        var numbers = new float[Inputs * Outputs];
        fixed (float* weights = numbers)
        {
            var weight = new Elements(weights, ElementFormat.F32);
            var product = new Linear((float*)(Inputs * sizeof(float)), weight, null, 0, Outputs, Inputs, default);
            var together = new LinearTriple(product, product, product);
            Run<Simd128, Vector128<float>>(product, together, threads);
            Run<Simd256, Vector256<float>>(product, together, threads);
            Run<Simd512, Vector512<float>>(product, together, threads);
        }
    }

    private static void Run<TSimd, TVector>(IAnyWidth product, IAnyWidth together, CpuThreads threads)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        Assert.Null(Record.Exception(() => product.RunCpu<TSimd, TVector>(threads)));
        Assert.Null(Record.Exception(() => together.RunCpu<TSimd, TVector>(threads)));
    }
}
