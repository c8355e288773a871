using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using CogVideoX.Kernels.MachineCode;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

/// <summary>
/// Two vectors of queries side by side, with their largest scores so far, the sums of the exponentials below them, and those
/// exponentials times values (Milakov and Gimelshein, arXiv 1805.02867).
/// </summary>
/// <param name="memory">As many floats as <see cref="Floats"/> says.</param>
/// <param name="width">Elements of a head.</param>
internal readonly unsafe struct QueryPanel<TSimd, TVector>(float* memory, int width)
    where TSimd : struct, ISimd<TVector>
    where TVector : unmanaged
{
    /// <summary>1 / ln 2.</summary>
    public const float Log2E = 1.44269504f;

    private static int Columns => MicroKernel<TSimd, TVector>.Columns;

    /// <summary>[width, columns], with space for pairs of whole steps</summary>
    public float* Queries => memory;

    /// <summary>[width, columns], with space for whole tiles of the micro-kernel</summary>
    public float* Sums => memory + QueryRows(width) * Columns;

    private float* Largest => memory + (QueryRows(width) + PaddedWidth(width)) * Columns;

    private float* Total => Largest + Columns;

    /// <summary>What a panel takes.</summary>
    public static int Floats(int width) => (QueryRows(width) + PaddedWidth(width) + 2) * Columns;

    /// <summary>Scales the queries, and forgets all scores. Scores are in units of ln 2, which makes their exponentials cheaper.</summary>
    public void Start(float scale)
    {
        TVector factor = TSimd.Broadcast(scale * Log2E);
        for (int i = 0; i < width * Columns; i += TSimd.Lanes)
            TSimd.Store(TSimd.Multiply(TSimd.Load(Queries + i), factor), Queries + i);
        new Span<float>(Sums, PaddedWidth(width) * Columns).Clear();
        // Finite, so that a row of nothing but −∞ doesn't become ∞ − ∞.
        new Span<float>(Largest, Columns).Fill(float.MinValue);
        new Span<float>(Total, Columns).Clear();
    }

    /// <summary>Turns scores into exponentials, and brings what was summed with their predecessors to the same scale.</summary>
    /// <param name="scores">[keys, columns]</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Softmax(float* scores, int keys)
    {
        float* end = scores + keys * Columns;
        Rescale(scores, end, out TVector largest0, out TVector largest1, out TVector total0, out TVector total1);
        for (float* score = scores; score < end; score += Columns)
        {
            TVector weight0 = SimdMath<TSimd, TVector>.Exp2(TSimd.Subtract(TSimd.Load(score), largest0));
            TVector weight1 = SimdMath<TSimd, TVector>.Exp2(TSimd.Subtract(TSimd.Load(score + TSimd.Lanes), largest1));
            total0 = TSimd.Add(total0, weight0);
            total1 = TSimd.Add(total1, weight1);
            TSimd.Store(weight0, score);
            TSimd.Store(weight1, score + TSimd.Lanes);
        }
        TSimd.Store(total0, Total);
        TSimd.Store(total1, Total + TSimd.Lanes);
    }

    /// <summary>Rounds the queries to bf16, in place: [steps, columns], an element being the pair of two neighbours.</summary>
    /// <param name="steps">At least width / 2; what is beyond is zeros.</param>
    public void PairQueries(int steps)
    {
        float* target = Queries;
        for (int i = 0; i < 2 * steps; i += 2)
        {
            float* even = Queries + i * Columns, odd = even + Columns;
            for (int j = 0; j < Columns; j += Vector256<float>.Count, target += Vector256<float>.Count)
            {
                Vector256<float> first = i < width ? Vector256.Load(even + j) : default;
                Vector256<float> second = i + 1 < width ? Vector256.Load(odd + j) : default;
                PairRounding.Pairs(first, second).AsSingle().Store(target);
            }
        }
    }

    /// <summary>
    /// As <see cref="Softmax"/>, with the exponentials in bf16: [steps, columns], an element being the pair of two keys'. They are summed
    /// as they were before.
    /// </summary>
    /// <param name="scores">[keys, columns] before; the pairs lie at its beginning afterwards.</param>
    /// <param name="keys">How many.</param>
    /// <param name="steps">At least keys / 2; what is beyond is zeros.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void SoftmaxPairs(float* scores, int keys, int steps)
    {
        float* end = scores + keys * Columns;
        Rescale(scores, end, out TVector largest0, out TVector largest1, out TVector total0, out TVector total1);
        float* target = scores;
        for (float* score = scores; score < end; score += 2 * Columns, target += Columns)
        {
            TVector even0 = SimdMath<TSimd, TVector>.Exp2(TSimd.Subtract(TSimd.Load(score), largest0));
            TVector even1 = SimdMath<TSimd, TVector>.Exp2(TSimd.Subtract(TSimd.Load(score + TSimd.Lanes), largest1));
            TVector odd0 = default, odd1 = default;
            if (score + Columns < end)
            {
                odd0 = SimdMath<TSimd, TVector>.Exp2(TSimd.Subtract(TSimd.Load(score + Columns), largest0));
                odd1 = SimdMath<TSimd, TVector>.Exp2(TSimd.Subtract(TSimd.Load(score + Columns + TSimd.Lanes), largest1));
            }
            total0 = TSimd.Add(TSimd.Add(total0, even0), odd0);
            total1 = TSimd.Add(TSimd.Add(total1, even1), odd1);
            TSimd.Store(TSimd.PairBFloat16(even0, odd0), target);
            TSimd.Store(TSimd.PairBFloat16(even1, odd1), target + TSimd.Lanes);
        }
        new Span<float>(target, (int)(scores + steps * Columns - target)).Clear();
        TSimd.Store(total0, Total);
        TSimd.Store(total1, Total + TSimd.Lanes);
    }

    /// <summary>ln Σ eˢ over a column's scores.</summary>
    public float LogSumExp(int column) => (Largest[column] + MathF.Log2(Total[column])) / Log2E;

    /// <summary>sums /= totals.</summary>
    public void Finish()
    {
        for (int i = 0; i < width * Columns; i += TSimd.Lanes)
            TSimd.Store(TSimd.Divide(TSimd.Load(Sums + i), TSimd.Load(Total + i % Columns)), Sums + i);
    }

    // The largest scores with these among them, and what was summed before, brought to their scale.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Rescale(
        float* scores, float* end, out TVector largest0, out TVector largest1, out TVector total0, out TVector total1)
    {
        TVector before0 = TSimd.Load(Largest), before1 = TSimd.Load(Largest + TSimd.Lanes);
        largest0 = before0;
        largest1 = before1;
        for (float* score = scores; score < end; score += Columns)
        {
            largest0 = TSimd.Max(largest0, TSimd.Load(score));
            largest1 = TSimd.Max(largest1, TSimd.Load(score + TSimd.Lanes));
        }
        TVector correction0 = SimdMath<TSimd, TVector>.Exp2(TSimd.Subtract(before0, largest0));
        TVector correction1 = SimdMath<TSimd, TVector>.Exp2(TSimd.Subtract(before1, largest1));
        total0 = TSimd.Multiply(TSimd.Load(Total), correction0);
        total1 = TSimd.Multiply(TSimd.Load(Total + TSimd.Lanes), correction1);
        for (float* sum = Sums, sumsEnd = sum + width * Columns; sum < sumsEnd; sum += Columns)
        {
            TSimd.Store(TSimd.Multiply(TSimd.Load(sum), correction0), sum);
            TSimd.Store(TSimd.Multiply(TSimd.Load(sum + TSimd.Lanes), correction1), sum + TSimd.Lanes);
        }
        TSimd.Store(largest0, Largest);
        TSimd.Store(largest1, Largest + TSimd.Lanes);
    }

    private static int QueryRows(int width) => LinearGrid.RoundUp(width, TileForm.AmxSteps);

    private static int PaddedWidth(int width) => LinearGrid.RoundUp(width, MicroKernel<TSimd, TVector>.Rows);
}
