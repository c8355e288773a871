using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

public readonly unsafe partial struct QkNormRope : IAnyWidth
{
    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => WidestVectors.Run(this, threads);

    void IAnyWidth.RunCpu<TSimd, TVector>(CpuThreads threads) =>
        threads.For(RowBlocks.Count(batch * tokens, heads * width), new Tokens<TSimd, TVector>(this));

    private readonly struct Tokens<TSimd, TVector>(QkNormRope operation) : IParallelBody
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        public void Run(int item, CpuWorker worker)
        {
            int width = operation.width, heads = operation.heads;
            float* weight = (float*)worker.Scratch(2 * width * sizeof(float));
            float* bias = weight + width;
            bool norm = !operation.weight.IsNull;
            if (norm)
                Widen.ToFloats(operation.weight, weight, width);
            if (norm && !operation.bias.IsNull)
                Widen.ToFloats(operation.bias, bias, width);
            else
                new Span<float>(bias, width).Clear();

            bool streams = operation.y != operation.x && Streaming.Suits(operation.y, width, (long)operation.batch * operation.tokens * heads * width);
            (int first, int end) = RowBlocks.Range(item, operation.batch * operation.tokens, heads * width);
            for (int row = first; row < end; row++)
            {
                int position = row % operation.tokens - operation.textTokens;
                bool rotate = operation.cosine is not null && position >= 0;
                float* cosine = rotate ? operation.cosine + (long)position * width : null;
                float* sine = rotate ? operation.sine + (long)position * width : null;
                for (int head = 0; head < heads; head++)
                {
                    long offset = ((long)row * heads + head) * width;
                    (float mean, float scale) = norm ? Moments(operation.x + offset) : (0, 1);
                    Finish(operation.x + offset, mean, scale, norm ? weight : null, bias, cosine, sine, operation.y + offset, streams);
                }
            }
            Streaming.End(streams);
        }

        // Two passes over a head in L1: the variance of differences loses nothing where the mean is large.
        private (float Mean, float Scale) Moments(float* head)
        {
            int width = operation.width, whole = width - width % TSimd.Lanes;
            TVector sums = default;
            for (int i = 0; i < whole; i += TSimd.Lanes)
                sums = TSimd.Add(sums, TSimd.Load(head + i));
            float sum = TSimd.Sum(sums);
            for (int i = whole; i < width; i++)
                sum += head[i];
            float mean = sum / width;
            TVector means = TSimd.Broadcast(mean), squares = default;
            for (int i = 0; i < whole; i += TSimd.Lanes)
            {
                TVector difference = TSimd.Subtract(TSimd.Load(head + i), means);
                squares = TSimd.MultiplyAdd(difference, difference, squares);
            }
            float square = TSimd.Sum(squares);
            for (int i = whole; i < width; i++)
                square += (head[i] - mean) * (head[i] - mean);
            return (mean, 1 / MathF.Sqrt(square / width + operation.epsilon));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Finish(float* head, float mean, float scale, float* weight, float* bias, float* cosine, float* sine, float* target, bool streams)
        {
            int width = operation.width, whole = width - width % TSimd.Lanes;
            TVector means = TSimd.Broadcast(mean), scales = TSimd.Broadcast(scale);
            for (int i = 0; i < whole; i += TSimd.Lanes)
            {
                TVector value = TSimd.Load(head + i);
                if (weight is not null)
                    value = TSimd.MultiplyAdd(TSimd.Multiply(TSimd.Subtract(value, means), scales), TSimd.Load(weight + i), TSimd.Load(bias + i));
                if (cosine is not null)
                    value = TSimd.MultiplyAdd(TSimd.TimesI(value), TSimd.Load(sine + i), TSimd.Multiply(value, TSimd.Load(cosine + i)));
                Streaming.Store<TSimd, TVector>(value, target + i, streams);
            }
            for (int i = whole; i < width; i++)
                target[i] = weight is null ? head[i] : (head[i] - mean) * scale * weight[i] + bias[i];
            for (int i = whole; i < width && cosine is not null; i += 2)
            {
                (float even, float odd) = (target[i], target[i + 1]);
                target[i] = even * cosine[i] - odd * sine[i];
                target[i + 1] = odd * cosine[i + 1] + even * sine[i + 1];
            }
        }
    }
}
