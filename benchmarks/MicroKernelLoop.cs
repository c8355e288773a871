using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Benchmarks;

/// <summary>
/// The innermost loop of the products alone, with everything in L1: what a product would reach if packing and memory cost nothing.
/// Where cores are shared with strangers, it shows how much of <see cref="Peak"/>, which loads nothing, a product can have.
/// </summary>
internal readonly unsafe struct MicroKernelLoop : IAnyWidth
{
    private const int Depth = 256, Elements = 1500 * 384; // 384: a multiple of every micro-kernel's tile

    /// <summary>GFLOP of one turn.</summary>
    public static double TurnGigaflops(CpuThreads team) => 2e-9 * team.Count * Depth * Elements;

    /// <summary>A few milliseconds of it.</summary>
    public static void Turn(CpuThreads team) => WidestVectors.Run(new MicroKernelLoop(), team);

    void IAnyWidth.RunCpu<TSimd, TVector>(CpuThreads threads) => threads.For(threads.Count, new Loop<TSimd, TVector>());

    private readonly struct Loop<TSimd, TVector> : IParallelBody
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        public void Run(int item, CpuWorker worker)
        {
            int rows = MicroKernel<TSimd, TVector>.Rows, columns = MicroKernel<TSimd, TVector>.Columns;
            int count = (rows + columns) * Depth + rows * columns;
            var numbers = new Span<float>(worker.Scratch(count * sizeof(float)), count);
            for (int i = 0; i < count; i++)
                numbers[i] = i % 97 * 0.01f - 0.48f;
            fixed (float* b = numbers)
            {
                float* a = b + columns * Depth, c = a + rows * Depth;
                for (int done = 0; done < Elements; done += rows * columns)
                    MicroKernel<TSimd, TVector>.Run(a, b, Depth, c, columns, accumulate: false);
            }
        }
    }
}
