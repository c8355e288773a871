using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct LayerNorm : IAnyWidth
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
            int width = norm.width, block = RowMoments<TSimd, TVector>.RowsPerBlock(width);
            float* weight = (float*)worker.Scratch((4L * width + RowMoments<TSimd, TVector>.Room(block)) * sizeof(float));
            float* bias = weight + width;
            ReadOrFill(norm.weight, weight, width, 1);
            ReadOrFill(norm.bias, bias, width, 0);
            float* foldedWeight = weight, foldedBias = bias, foldedScale = null, foldedShift = null;
            var moments = new RowMoments<TSimd, TVector>(weight + 4L * width, block);
            bool streams = Streaming.Suits(norm.y.Floats, width, norm.rows * width);
            (long first, long end) = RowBlocks.Range(item, norm.rows, width);
            for (long row = first; row < end; row++)
            {
                int inBlock = (int)((row - first) % block);
                if (inBlock == 0)
                    moments.Measure(norm.x.Floats + row * width, (int)Math.Min(block, end - row), width, norm.epsilon);
                // Neighbouring rows nearly always share their vectors: fold them into weight and bias once.
                float* scale = norm.scale.IsNull ? null : norm.scale.Of(row).Floats;
                float* shift = norm.shift.IsNull ? null : norm.shift.Of(row).Floats;
                if (scale != foldedScale || shift != foldedShift)
                {
                    foldedScale = scale;
                    foldedShift = shift;
                    foldedWeight = bias + width;
                    foldedBias = foldedWeight + width;
                    Fold(weight, bias, scale, shift, foldedWeight, foldedBias, width);
                }
                long offset = row * width;
                Normalise(
                    moments, inBlock, (long)block * width, norm.x.Floats + offset, foldedWeight, foldedBias, norm.y.Floats + offset, width,
                    streams);
            }
            Streaming.End(streams);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Normalise(
            in RowMoments<TSimd, TVector> moments, int row, long next, float* x, float* weight, float* bias, float* y, int width,
            bool streams)
        {
            int step = 2 * TSimd.Lanes, whole = width / step * step;
            TVector center = moments.Center(row), scale = moments.Scale(row), offset = moments.Offset(row);
            float* ahead = x + next;
            for (int i = 0; i < whole; i += step)
            {
                Streaming.Prefetch(ahead + i);
                TVector normal0 = TSimd.MultiplyAdd(TSimd.Subtract(TSimd.Load(x + i), center), scale, offset);
                TVector normal1 = TSimd.MultiplyAdd(TSimd.Subtract(TSimd.Load(x + i + TSimd.Lanes), center), scale, offset);
                TVector value0 = TSimd.MultiplyAdd(normal0, TSimd.Load(weight + i), TSimd.Load(bias + i));
                TVector value1 = TSimd.MultiplyAdd(normal1, TSimd.Load(weight + i + TSimd.Lanes), TSimd.Load(bias + i + TSimd.Lanes));
                Streaming.Store<TSimd, TVector>(value0, y + i, streams);
                Streaming.Store<TSimd, TVector>(value1, y + i + TSimd.Lanes, streams);
            }
            for (int i = whole; i < width; i++)
                y[i] = moments.Normal(x[i], row) * weight[i] + bias[i];
        }

        // (n·w + b)·(1 + s) + t = n·(w·(1 + s)) + (b·(1 + s) + t)
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Fold(
            float* weight, float* bias, float* scale, float* shift, float* foldedWeight, float* foldedBias, int width)
        {
            int i = 0;
            for (; i <= width - TSimd.Lanes; i += TSimd.Lanes)
            {
                TVector factor = TSimd.Add(TSimd.Load(scale + i), TSimd.Broadcast(1));
                TSimd.Store(TSimd.Multiply(factor, TSimd.Load(weight + i)), foldedWeight + i);
                TSimd.Store(TSimd.Add(TSimd.Multiply(factor, TSimd.Load(bias + i)), TSimd.Load(shift + i)), foldedBias + i);
            }
            for (; i < width; i++)
            {
                foldedWeight[i] = (scale[i] + 1) * weight[i];
                foldedBias[i] = (scale[i] + 1) * bias[i] + shift[i];
            }
        }

        private static void ReadOrFill(Elements source, float* destination, int width, float value)
        {
            if (source.IsNull)
                new Span<float>(destination, width).Fill(value);
            else
                Widen.ToFloats(source, destination, width);
        }
    }
}
