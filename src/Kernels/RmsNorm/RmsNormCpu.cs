using System.Numerics.Tensors;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

public readonly unsafe partial struct RmsNorm
{
    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => threads.For(RowBlocks.Count(rows, width), new Rows(this));

    private readonly struct Rows(RmsNorm norm) : IParallelBody
    {
        public void Run(int item, CpuWorker worker)
        {
            int width = norm.width;
            float* weight = (float*)worker.Scratch(width * sizeof(float));
            Widen.ToFloats(norm.weight, weight, width);
            var weights = new ReadOnlySpan<float>(weight, width);
            (int first, int end) = RowBlocks.Range(item, norm.rows, width);
            for (int row = first; row < end; row++)
            {
                var source = new ReadOnlySpan<float>(norm.x + (long)row * width, width);
                var target = new Span<float>(norm.y + (long)row * width, width);
                float scale = 1 / MathF.Sqrt(TensorPrimitives.SumOfSquares(source) / width + norm.epsilon);
                TensorPrimitives.Multiply(source, scale, target);
                TensorPrimitives.Multiply(target, weights, target);
            }
        }
    }
}
