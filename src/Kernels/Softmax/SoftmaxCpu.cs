using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

public readonly unsafe partial struct Softmax
{
    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => threads.For(RowBlocks.Count(rows, width), new Rows(this));

    private readonly struct Rows(Softmax softmax) : IParallelBody
    {
        public void Run(int item, CpuWorker worker)
        {
            int width = softmax.width;
            (int first, int end) = RowBlocks.Range(item, softmax.rows, width);
            for (long row = first; row < end; row++)
            {
                float* source = softmax.x + row * width;
                var target = new Span<float>(softmax.y + row * width, width);
                ExpOfDifference(source, TensorPrimitives.Max(new ReadOnlySpan<float>(source, width)), softmax.y + row * width, width);
                TensorPrimitives.Multiply(target, 1 / TensorPrimitives.Sum(target), target);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void ExpOfDifference(float* source, float max, float* target, int width)
        {
            Vector256<float> maxima = Vector256.Create(max);
            int i = 0;
            for (; i <= width - Vector256<float>.Count; i += Vector256<float>.Count)
                VectorMath.Exp(Vector256.Load(source + i) - maxima).Store(target + i);
            if (i < width)
                PartialVector.Store(VectorMath.Exp(PartialVector.Load(source + i, width - i) - maxima), target + i, width - i);
        }
    }
}
