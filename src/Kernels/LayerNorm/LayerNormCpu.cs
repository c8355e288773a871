using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

public readonly unsafe partial struct LayerNorm : IAnyWidth
{
    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => WidestVectors.Run(this, threads);

    void IAnyWidth.RunCpu<TSimd, TVector>(CpuThreads threads) => threads.For(RowBlocks.Count(rows, width), new Rows<TSimd, TVector>(this));

    private readonly struct Rows<TSimd, TVector>(LayerNorm norm) : IParallelBody
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        public void Run(int item, CpuWorker worker)
        {
            int width = norm.width;
            float* weight = (float*)worker.Scratch(4L * width * sizeof(float));
            float* bias = weight + width;
            ReadOrFill(norm.weight, weight, width, 1);
            ReadOrFill(norm.bias, bias, width, 0);
            float* foldedWeight = weight, foldedBias = bias, foldedScale = null, foldedShift = null;
            bool streams = Streaming.Suits(norm.y, width, (long)norm.rows * width);
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
                (float mean, float scaleOfRow) = Moments(norm.x + offset, width, norm.epsilon);
                Normalise(norm.x + offset, mean, scaleOfRow, foldedWeight, foldedBias, norm.y + offset, width, streams);
            }
            Streaming.End(streams);
        }

        // The mean above x₀, and 1/√(variance + ε). Sums are of x − x₀, so that a row far from zero keeps its variance.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static (float Mean, float Scale) Moments(float* x, int width, float epsilon)
        {
            int whole = width / (2 * TSimd.Lanes) * 2 * TSimd.Lanes;
            TVector origin = TSimd.Broadcast(x[0]), sum0 = default, sum1 = default;
            for (int i = 0; i < whole; i += 2 * TSimd.Lanes)
            {
                sum0 = TSimd.Add(sum0, TSimd.Subtract(TSimd.Load(x + i), origin));
                sum1 = TSimd.Add(sum1, TSimd.Subtract(TSimd.Load(x + i + TSimd.Lanes), origin));
            }
            float sum = TSimd.Sum(TSimd.Add(sum0, sum1));
            for (int i = whole; i < width; i++)
                sum += x[i] - x[0];
            float mean = sum / width;

            TVector means = TSimd.Broadcast(mean), square0 = default, square1 = default;
            for (int i = 0; i < whole; i += 2 * TSimd.Lanes)
            {
                Streaming.Prefetch(x + width + i);
                TVector distance0 = TSimd.Subtract(TSimd.Subtract(TSimd.Load(x + i), origin), means);
                TVector distance1 = TSimd.Subtract(TSimd.Subtract(TSimd.Load(x + i + TSimd.Lanes), origin), means);
                square0 = TSimd.MultiplyAdd(distance0, distance0, square0);
                square1 = TSimd.MultiplyAdd(distance1, distance1, square1);
            }
            float squares = TSimd.Sum(TSimd.Add(square0, square1));
            for (int i = whole; i < width; i++)
                squares += (x[i] - x[0] - mean) * (x[i] - x[0] - mean);
            return (mean, 1 / MathF.Sqrt(squares / width + epsilon));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Normalise(float* x, float mean, float scale, float* weight, float* bias, float* y, int width, bool streams)
        {
            int whole = width / TSimd.Lanes * TSimd.Lanes;
            float first = x[0]; // y may be x
            TVector origin = TSimd.Broadcast(first), means = TSimd.Broadcast(mean), scales = TSimd.Broadcast(scale);
            for (int i = 0; i < whole; i += TSimd.Lanes)
            {
                TVector normal = TSimd.Multiply(TSimd.Subtract(TSimd.Subtract(TSimd.Load(x + i), origin), means), scales);
                Streaming.Store<TSimd, TVector>(TSimd.MultiplyAdd(normal, TSimd.Load(weight + i), TSimd.Load(bias + i)), y + i, streams);
            }
            for (int i = whole; i < width; i++)
                y[i] = (x[i] - first - mean) * scale * weight[i] + bias[i];
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
