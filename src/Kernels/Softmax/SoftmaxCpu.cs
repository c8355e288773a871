using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Softmax : IAnyWidth
{
    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => WidestVectors.Run(this, threads);

    void IAnyWidth.RunCpu<TSimd, TVector>(CpuThreads threads) => threads.For(RowBlocks.Count(rows, width), new Rows<TSimd, TVector>(this));

    private readonly struct Rows<TSimd, TVector>(Softmax softmax) : IParallelBody
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        public void Run(int item, CpuWorker worker)
        {
            int width = softmax.width;
            (long first, long end) = RowBlocks.Range(item, softmax.rows, width);
            for (long row = first; row < end; row++)
            {
                float* source = softmax.x.Floats + row * width, result = softmax.y.Floats + row * width;
                var target = new Span<float>(result, width);
                ExpOfDifference(source, TensorPrimitives.Max(new ReadOnlySpan<float>(source, width)), result, width);
                TensorPrimitives.Multiply(target, 1 / TensorPrimitives.Sum(target), target);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void ExpOfDifference(float* source, float max, float* target, int width)
        {
            TVector maxima = TSimd.Broadcast(max);
            int i = 0;
            for (; i <= width - TSimd.Lanes; i += TSimd.Lanes)
                TSimd.Store(Exp(TSimd.Load(source + i), maxima), target + i);
            if (i < width)
            {
                PartialVector<TSimd, TVector>.Store(
                    Exp(PartialVector<TSimd, TVector>.Load(source + i, width - i), maxima), target + i, width - i);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TVector Exp(TVector value, TVector maxima) => SimdMath<TSimd, TVector>.Exp(TSimd.Subtract(value, maxima));
    }
}
