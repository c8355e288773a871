using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

public readonly unsafe partial struct LayerNorm
{
    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => threads.For(RowBlocks.Count(rows, width), new Rows(this));

    private readonly struct Rows(LayerNorm norm) : IParallelBody
    {
        private const int Lanes = 8;

        public void Run(int item, CpuWorker worker)
        {
            int width = norm.width;
            float* weight = (float*)worker.Scratch(4L * width * sizeof(float));
            float* bias = weight + width;
            ReadOrFill(norm.weight, weight, width, 1);
            ReadOrFill(norm.bias, bias, width, 0);
            float* foldedWeight = weight, foldedBias = bias, foldedScale = null, foldedShift = null;
            (int first, int end) = RowBlocks.Range(item, norm.rows, width);
            for (int row = first; row < end; row++)
            {
                // Neighbouring rows nearly always share their vectors: fold them into weight and bias once.
                float* scale = norm.scale.IsNull ? null : norm.scale.Of(row);
                float* shift = norm.shift.IsNull ? null : norm.shift.Of(row);
                if (scale != foldedScale || shift != foldedShift)
                {
                    foldedScale = scale;
                    foldedShift = shift;
                    foldedWeight = bias + width;
                    foldedBias = foldedWeight + width;
                    Fold(weight, bias, scale, shift, foldedWeight, foldedBias, width);
                }
                long offset = (long)row * width;
                Normalise(norm.x + offset, foldedWeight, foldedBias, norm.y + offset, width, norm.epsilon);
            }
        }

        // Sums are of x − x₀, so that a row far from zero keeps its variance.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Normalise(float* x, float* weight, float* bias, float* y, int width, float epsilon)
        {
            int whole = width & -Lanes;
            Vector256<float> origin = Vector256.Create(x[0]);
            Vector256<float> sum0 = default, sum1 = default;
            int i = 0;
            for (; i < whole - Lanes; i += 2 * Lanes)
            {
                sum0 += Vector256.Load(x + i) - origin;
                sum1 += Vector256.Load(x + i + Lanes) - origin;
            }
            for (; i < whole; i += Lanes)
                sum0 += Vector256.Load(x + i) - origin;
            float sum = Vector256.Sum(sum0 + sum1);
            for (; i < width; i++)
                sum += x[i] - x[0];
            float mean = sum / width; // above x₀

            Vector256<float> means = Vector256.Create(mean);
            Vector256<float> square0 = default, square1 = default;
            for (i = 0; i < whole - Lanes; i += 2 * Lanes)
            {
                Vector256<float> d0 = Vector256.Load(x + i) - origin - means;
                Vector256<float> d1 = Vector256.Load(x + i + Lanes) - origin - means;
                square0 = Vector256.FusedMultiplyAdd(d0, d0, square0);
                square1 = Vector256.FusedMultiplyAdd(d1, d1, square1);
            }
            for (; i < whole; i += Lanes)
            {
                Vector256<float> d = Vector256.Load(x + i) - origin - means;
                square0 = Vector256.FusedMultiplyAdd(d, d, square0);
            }
            float squares = Vector256.Sum(square0 + square1);
            for (; i < width; i++)
                squares += (x[i] - x[0] - mean) * (x[i] - x[0] - mean);

            float scale = 1 / MathF.Sqrt(squares / width + epsilon);
            for (i = 0; i < whole; i += Lanes)
            {
                Vector256<float> normal = (Vector256.Load(x + i) - origin - means) * scale;
                Vector256.FusedMultiplyAdd(normal, Vector256.Load(weight + i), Vector256.Load(bias + i)).Store(y + i);
            }
            for (; i < width; i++)
                y[i] = MathF.FusedMultiplyAdd((x[i] - x[0] - mean) * scale, weight[i], bias[i]);
        }

        // (n·w + b)·(1 + s) + t = n·(w·(1 + s)) + (b·(1 + s) + t)
        private static void Fold(
            float* weight, float* bias, float* scale, float* shift, float* foldedWeight, float* foldedBias, int width)
        {
            var scales = new ReadOnlySpan<float>(scale, width);
            var target = new Span<float>(foldedBias, width);
            TensorPrimitives.AddMultiply(scales, 1f, new ReadOnlySpan<float>(weight, width), new Span<float>(foldedWeight, width));
            TensorPrimitives.AddMultiply(scales, 1f, new ReadOnlySpan<float>(bias, width), target);
            TensorPrimitives.Add(target, new ReadOnlySpan<float>(shift, width), target);
        }

        private static void ReadOrFill(WeightPointer source, float* destination, int width, float value)
        {
            if (source.IsNull)
                new Span<float>(destination, width).Fill(value);
            else
                Widen.ToFloats(source, destination, width);
        }
    }
}
