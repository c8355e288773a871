using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct QkNormRope : IAnyWidth
{
    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => WidestVectors.Run(this, threads);

    void IAnyWidth.RunCpu<TSimd, TVector>(CpuThreads threads) =>
        threads.For(RowBlocks.Count((long)batch * tokens, checked(heads * width)), new Tokens<TSimd, TVector>(this));

    private readonly struct Tokens<TSimd, TVector>(QkNormRope operation) : IParallelBody
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        public void Run(int item, CpuWorker worker)
        {
            int width = operation.width, heads = operation.heads, block = RowMoments<TSimd, TVector>.RowsPerBlock(heads * width);
            float* weight = (float*)worker.Scratch((2L * width + RowMoments<TSimd, TVector>.Room(block * heads)) * sizeof(float));
            float* bias = weight + width;
            bool norm = !operation.weight.IsNull;
            if (norm)
                Widen.ToFloats(operation.weight, weight, width);
            if (norm && !operation.bias.IsNull)
                Widen.ToFloats(operation.bias, bias, width);
            else
                new Span<float>(bias, width).Clear();

            var moments = new RowMoments<TSimd, TVector>(bias + width, block * heads);
            long count = (long)operation.batch * operation.tokens * heads * width;
            bool streams = operation.y.Floats != operation.x.Floats && Streaming.Suits(operation.y.Floats, width, count);
            (long first, long end) = RowBlocks.Range(item, (long)operation.batch * operation.tokens, heads * width);
            for (long token = first; token < end; token++)
            {
                long offset = token * heads * width;
                int inBlock = (int)((token - first) % block);
                if (norm && inBlock == 0)
                    moments.Measure(operation.x.Floats + offset, (int)Math.Min(block, end - token) * heads, width, operation.epsilon);
                // In 32 bits where they do: several times as fast.
                int inBatch = token <= int.MaxValue ? (int)token % operation.tokens : (int)(token % operation.tokens);
                int position = inBatch - operation.textTokens;
                bool rotate = !operation.cosine.IsNull && position >= 0;
                float* cosine = rotate ? operation.cosine.Floats + (long)position * width : null;
                float* sine = rotate ? operation.sine.Floats + (long)position * width : null;
                Finish(
                    operation.x.Floats + offset, (long)block * heads * width, moments, inBlock * heads, norm ? weight : null, bias, cosine,
                    sine, operation.y.Floats + offset, streams);
            }
            Streaming.End(streams);
        }

        // All heads of a token, and as much of the next block on its way from memory.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Finish(
            float* x, long next, in RowMoments<TSimd, TVector> moments, int row, float* weight, float* bias, float* cosine, float* sine,
            float* y,
            bool streams)
        {
            int width = operation.width, heads = operation.heads, whole = width / (2 * TSimd.Lanes) * 2 * TSimd.Lanes;
            float* ahead = x + next;
            for (int end = row + heads; row < end; row++, x += width, y += width, ahead += width)
            {
                TVector center = moments.Center(row), scale = moments.Scale(row), offset = moments.Offset(row);
                for (int i = 0; i < whole; i += 2 * TSimd.Lanes)
                {
                    Streaming.Prefetch(ahead + i);
                    TVector low = TSimd.Load(x + i), high = TSimd.Load(x + i + TSimd.Lanes);
                    if (weight is not null)
                    {
                        low = TSimd.MultiplyAdd(TSimd.Subtract(low, center), scale, offset);
                        high = TSimd.MultiplyAdd(TSimd.Subtract(high, center), scale, offset);
                        low = TSimd.MultiplyAdd(low, TSimd.Load(weight + i), TSimd.Load(bias + i));
                        high = TSimd.MultiplyAdd(high, TSimd.Load(weight + i + TSimd.Lanes), TSimd.Load(bias + i + TSimd.Lanes));
                    }
                    if (cosine is not null)
                    {
                        low = Rotate(low, cosine + i, sine + i);
                        high = Rotate(high, cosine + i + TSimd.Lanes, sine + i + TSimd.Lanes);
                    }
                    Streaming.Store<TSimd, TVector>(low, y + i, streams);
                    Streaming.Store<TSimd, TVector>(high, y + i + TSimd.Lanes, streams);
                }
                for (int i = whole; i < width; i++)
                    y[i] = weight is null ? x[i] : moments.Normal(x[i], row) * weight[i] + bias[i];
                for (int i = whole; i < width && cosine is not null; i += 2)
                {
                    (float even, float odd) = (y[i], y[i + 1]);
                    y[i] = even * cosine[i] - odd * sine[i];
                    y[i + 1] = odd * cosine[i + 1] + even * sine[i + 1];
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TVector Rotate(TVector value, float* cosine, float* sine) =>
            TSimd.MultiplyAdd(TSimd.TimesI(value), TSimd.Load(sine), TSimd.Multiply(value, TSimd.Load(cosine)));
    }
}
