using System.Runtime.CompilerServices;

namespace CogVideoX.Kernels.Simd;

/// <summary>
/// The transcendental functions, for any width of vectors. Errors are in units in the last place (ulp) of the exact result, the
/// largest that a sweep over all floats finds, with fused multiply-add and, in brackets, without. NaN gives NaN.
/// </summary>
internal static class SimdMath<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : unmanaged
{
    private const float Log2E = 1.44269504f;
    private const float Ln2High = 0.693359375f;    // 9 bits, so that n · Ln2High is exact
    private const float Ln2Low = -2.12194440e-4f;
    // 1.5 · 2²³ + 127: adding it rounds to an integer n, and leaves the exponent of 2ⁿ in the low bits
    private const float RoundingShift = 12583039f;

    /// <summary>
    /// eˣ within 0.95 ulp [1.3] from −86.9 on; 0 below, instead of results under 2⁻¹²⁵; infinity where it overflows.
    /// </summary>
    /// <remarks>x = n ln 2 + r (Cody and Waite), and 2·eʳ by a polynomial of degree 6 (Chebyshev, relative error 1e-8).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp(TVector x)
    {
        x = TSimd.Max(TSimd.Broadcast(-87.3f), x);
        x = TSimd.Min(TSimd.Broadcast(89f), x);
        TVector shifted = TSimd.MultiplyAdd(x, TSimd.Broadcast(Log2E), TSimd.Broadcast(RoundingShift - 1));
        TVector n = TSimd.Subtract(shifted, TSimd.Broadcast(RoundingShift - 1));
        TVector r = TSimd.MultiplyAdd(n, TSimd.Broadcast(-Ln2High), x);
        r = TSimd.MultiplyAdd(n, TSimd.Broadcast(-Ln2Low), r);
        // Twice eʳ times 2ⁿ⁻¹, so that results up to the largest float don't overflow on the way.
        TVector p = TSimd.MultiplyAdd(r, TSimd.Broadcast(2 * 0.0013926251f), TSimd.Broadcast(2 * 0.0083632329f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(2 * 0.041666554f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(2 * 0.16666577f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(1));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(2));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(2));
        return TSimd.Multiply(p, TSimd.PowerOfTwo(shifted));
    }

    /// <summary>2ˣ within 2.1 ulp [2.2] for −126 ≤ x ≤ 0; 0 below −126.5. Two thirds of the work of <see cref="Exp"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp2(TVector x)
    {
        x = TSimd.Max(TSimd.Broadcast(-127f), x);
        TVector shifted = TSimd.Add(x, TSimd.Broadcast(RoundingShift));
        TVector r = TSimd.Subtract(x, TSimd.Subtract(shifted, TSimd.Broadcast(RoundingShift)));
        TVector p = TSimd.MultiplyAdd(r, TSimd.Broadcast(0.00132647273f), TSimd.Broadcast(0.00967151299f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(0.0555073358f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(0.240222424f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(0.693147004f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(1));
        return TSimd.Multiply(p, TSimd.PowerOfTwo(shifted));
    }

    /// <summary>x / (1 + e⁻ˣ) within 3.7 ulp [4] from −87.3 on; −1.1e-36 below, where smaller results are due.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Silu(TVector x)
    {
        x = TSimd.Max(TSimd.Broadcast(-87.3f), x);
        TVector most = TSimd.Min(TSimd.Broadcast(87.3f), x);
        TVector shifted = TSimd.MultiplyAdd(most, TSimd.Broadcast(-Log2E), TSimd.Broadcast(RoundingShift));
        TVector n = TSimd.Subtract(shifted, TSimd.Broadcast(RoundingShift));
        TVector rest = TSimd.MultiplyAdd(n, TSimd.Broadcast(Ln2High), most); // x + n ln 2
        rest = TSimd.MultiplyAdd(n, TSimd.Broadcast(Ln2Low), rest);
        return Weighted(x, shifted, TSimd.Multiply(rest, TSimd.Broadcast(-Log2E)));
    }

    /// <summary>The hyperbolic tangent within 1.5 ulp [1.5].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Tanh(TVector x)
    {
        TVector z = TSimd.Multiply(x, x);
        TVector p = TSimd.MultiplyAdd(z, TSimd.Broadcast(0.00229274494f), TSimd.Broadcast(-0.00834394566f));
        p = TSimd.MultiplyAdd(p, z, TSimd.Broadcast(0.0217689187f));
        p = TSimd.MultiplyAdd(p, z, TSimd.Broadcast(-0.0539592596f));
        p = TSimd.MultiplyAdd(p, z, TSimd.Broadcast(0.133333036f));
        p = TSimd.MultiplyAdd(p, z, TSimd.Broadcast(-0.333333332f));
        TVector near = TSimd.MultiplyAdd(TSimd.Multiply(p, z), x, x);

        TVector magnitude = TSimd.Abs(x), one = TSimd.Broadcast(1);
        TVector far = TSimd.Subtract(one, TSimd.Divide(TSimd.Broadcast(2), TSimd.Add(Exp(TSimd.Add(magnitude, magnitude)), one)));
        return TSimd.WhereLess(magnitude, TSimd.Broadcast(0.625f), near, TSimd.CopySign(far, x));
    }

    /// <summary>
    /// x/2 · (1 + erf(x/√2)) (Hendrycks and Gimpel, arXiv 1606.08415) within 5.1 ulp [5.1] from −1 on; below, the error stays under
    /// 9.1e-8.
    /// </summary>
    /// <remarks>
    /// x / (1 + 2^p) with p = log₂(1/Φ(x) − 1), an odd function: no sum cancels, as in the definition. A polynomial of degree 17
    /// (minimax).
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector GeluErf(TVector x)
    {
        x = TSimd.Max(TSimd.Broadcast(-5.6f), x);
        TVector most = TSimd.Min(TSimd.Broadcast(5.6f), x), square = TSimd.Multiply(most, most);
        TVector fourth = TSimd.Multiply(square, square);
        TVector high = TSimd.MultiplyAdd(square, TSimd.Broadcast(5.50984956e-12f), TSimd.Broadcast(-3.32009469e-10f));
        high = TSimd.MultiplyAdd(high, square, TSimd.Broadcast(2.15527756e-9f));
        TVector third = TSimd.MultiplyAdd(square, TSimd.Broadcast(3.113029e-7f), TSimd.Broadcast(-1.11466736e-5f));
        TVector second = TSimd.MultiplyAdd(square, TSimd.Broadcast(1.59336332e-4f), TSimd.Broadcast(9.26952074e-5f));
        TVector first = TSimd.MultiplyAdd(square, TSimd.Broadcast(-0.10483234f), TSimd.Broadcast(-2.30221046f));
        TVector p = TSimd.MultiplyAdd(TSimd.MultiplyAdd(TSimd.MultiplyAdd(high, fourth, third), fourth, second), fourth, first);
        return WeightedByProduct(x, most, p);
    }

    /// <summary>
    /// x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³))), which is x times the sigmoid of twice that argument, within 3.1 ulp [3.2] from
    /// −1 on, 152 ulp [200] from −10 on, where results are of 1e-37, and 1.3e-37 below.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector GeluTanh(TVector x)
    {
        const float Linear = -2.302208198f; // −2 √(2/π) log₂e
        x = TSimd.Max(TSimd.Broadcast(-10f), x);
        TVector most = TSimd.Min(TSimd.Broadcast(10f), x);
        TVector factor = TSimd.MultiplyAdd(TSimd.Multiply(most, most), TSimd.Broadcast(Linear * 0.044715f), TSimd.Broadcast(Linear));
        return WeightedByProduct(x, most, factor);
    }

    // x / (1 + 2^(a·b)), |a·b| ≤ 126; the product is rounded once, in what it differs from the nearest integer by.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector WeightedByProduct(TVector x, TVector a, TVector b)
    {
        TVector shifted = TSimd.MultiplyAdd(a, b, TSimd.Broadcast(RoundingShift));
        return Weighted(x, shifted, TSimd.MultiplyAdd(a, b, TSimd.Subtract(TSimd.Broadcast(RoundingShift), shifted)));
    }

    // x / (1 + 2ⁿ⁺ʳ), n as `PowerOfTwo` takes it
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Weighted(TVector x, TVector shifted, TVector r) =>
        TSimd.Divide(x, TSimd.MultiplyAdd(Fraction(r), TSimd.PowerOfTwo(shifted), TSimd.Broadcast(1)));

    // 2^r for |r| ≤ ½ (minimax, relative error 9.2e-8, exact at 0), its pairs of terms side by side: a shorter chain to wait for.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Fraction(TVector r)
    {
        TVector square = TSimd.Multiply(r, r);
        TVector high = TSimd.MultiplyAdd(r, TSimd.Broadcast(0.00132647273f), TSimd.Broadcast(0.00967151299f));
        TVector middle = TSimd.MultiplyAdd(r, TSimd.Broadcast(0.0555073358f), TSimd.Broadcast(0.240222424f));
        TVector low = TSimd.MultiplyAdd(r, TSimd.Broadcast(0.693147004f), TSimd.Broadcast(1));
        return TSimd.MultiplyAdd(TSimd.MultiplyAdd(high, square, middle), square, low);
    }
}
