using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct RmsNorm : IAnyWidth
{
    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => WidestVectors.Run(this, threads);

    void IAnyWidth.RunCpu<TSimd, TVector>(CpuThreads threads) => threads.For(RowBlocks.Count(rows, width), new Rows<TSimd, TVector>(this));

    private readonly struct Rows<TSimd, TVector>(RmsNorm norm) : IParallelBody
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        public void Run(int item, CpuWorker worker)
        {
            int width = norm.width;
            float* weight = (float*)worker.Scratch(width * sizeof(float));
            Widen.ToFloats(norm.weight, weight, width);
            bool streams = Streaming.Suits(norm.y.Floats, width, norm.rows * width);
            (long first, long end) = RowBlocks.Range(item, norm.rows, width);
            for (long row = first; row < end; row++)
            {
                float* x = norm.x.Floats + row * width;
                float scale = 1 / MathF.Sqrt(SumOfSquares(x, width) / width + norm.epsilon);
                Multiply(x, scale, weight, norm.y.Floats + row * width, width, streams);
            }
            Streaming.End(streams);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static float SumOfSquares(float* x, int width)
        {
            TVector sum0 = default, sum1 = default;
            int i = 0;
            for (; i <= width - 2 * TSimd.Lanes; i += 2 * TSimd.Lanes)
            {
                TVector value0 = TSimd.Load(x + i), value1 = TSimd.Load(x + i + TSimd.Lanes);
                sum0 = TSimd.MultiplyAdd(value0, value0, sum0);
                sum1 = TSimd.MultiplyAdd(value1, value1, sum1);
            }
            float sum = TSimd.Sum(TSimd.Add(sum0, sum1));
            for (; i < width; i++)
                sum += x[i] * x[i];
            return sum;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Multiply(float* x, float scale, float* weight, float* y, int width, bool streams)
        {
            TVector scales = TSimd.Broadcast(scale);
            int i = 0;
            for (; i <= width - TSimd.Lanes; i += TSimd.Lanes)
            {
                Streaming.Prefetch(x + i + width);
                TVector value = TSimd.Multiply(TSimd.Multiply(TSimd.Load(x + i), scales), TSimd.Load(weight + i));
                Streaming.Store<TSimd, TVector>(value, y + i, streams);
            }
            for (; i < width; i++)
                y[i] = x[i] * scale * weight[i];
        }
    }
}
