using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

/// <summary>For each row, the largest score so far and the sum of the exponentials below it (Milakov and Gimelshein, arXiv 1805.02867).</summary>
/// <param name="state">Room for 2 · <paramref name="rows"/> floats.</param>
internal readonly unsafe struct OnlineSoftmax<TSimd, TVector>(float* state, int rows)
    where TSimd : struct, ISimd<TVector>
    where TVector : unmanaged
{
    private readonly float* largest = state;
    private readonly float* total = state + rows;

    public void Start(int count)
    {
        // Finite, so that a row of nothing but −∞ doesn't become ∞ − ∞.
        new Span<float>(largest, count).Fill(float.MinValue);
        new Span<float>(total, count).Clear();
    }

    /// <summary>Turns scores into exponentials, and brings what was summed with their predecessors to the same scale.</summary>
    /// <param name="scores">[padded]; what lies past <paramref name="count"/> becomes 0</param>
    /// <param name="bias">[count], or null</param>
    /// <param name="sums">[width]: exponentials times values so far</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Update(int row, float* scores, int count, int padded, float* bias, float* sums, int width)
    {
        if (bias is not null)
            AddBias(scores, count, bias);
        new Span<float>(scores + count, padded - count).Fill(float.NegativeInfinity);
        TVector maxima = TSimd.Broadcast(largest[row]);
        for (int i = 0; i < padded; i += TSimd.Lanes)
            maxima = TSimd.Max(maxima, TSimd.Load(scores + i));
        float now = Largest(maxima);
        float correction = MathF.Exp(largest[row] - now); // a call, so not where a vector would have to survive it

        TVector shift = TSimd.Broadcast(now), sum = default;
        for (int i = 0; i < padded; i += TSimd.Lanes)
        {
            TVector weight = SimdMath<TSimd, TVector>.Exp(TSimd.Subtract(TSimd.Load(scores + i), shift));
            sum = TSimd.Add(sum, weight);
            TSimd.Store(weight, scores + i);
        }
        total[row] = total[row] * correction + TSimd.Sum(sum);
        largest[row] = now;
        if (correction != 1)
        {
            TVector corrections = TSimd.Broadcast(correction);
            for (int i = 0; i < width; i += TSimd.Lanes)
                TSimd.Store(TSimd.Multiply(TSimd.Load(sums + i), corrections), sums + i);
        }
    }

    /// <summary>result = sums / total.</summary>
    public void Finish(int row, float* sums, float* result, int width)
    {
        float scale = 1 / total[row];
        for (int i = 0; i < width; i++)
            result[i] = sums[i] * scale;
    }

    // Masks are often the least finite number: clamped, a row of nothing else is an average, as it is in PyTorch.
    private static void AddBias(float* scores, int count, float* bias)
    {
        TVector least = TSimd.Broadcast(float.MinValue);
        int i = 0;
        for (; i + TSimd.Lanes <= count; i += TSimd.Lanes)
            TSimd.Store(TSimd.Max(least, TSimd.Add(TSimd.Load(scores + i), TSimd.Load(bias + i))), scores + i);
        for (; i < count; i++)
            scores[i] = MathF.Max(float.MinValue, scores[i] + bias[i]);
    }

    private static float Largest(TVector maxima)
    {
        float* lanes = stackalloc float[TSimd.Lanes];
        TSimd.Store(maxima, lanes);
        float result = lanes[0];
        for (int i = 1; i < TSimd.Lanes; i++)
            result = MathF.Max(result, lanes[i]);
        return result;
    }
}
