using System.Runtime.CompilerServices;

namespace CogVideoX.Kernels.Simd;

/// <summary>
/// The transcendental functions, for any width of vectors. Errors are in units in the last place (ulp) of the exact result, the
/// largest that a sweep over all floats finds, with fused multiply-add and, in brackets, without. NaN gives NaN.
/// </summary>
public static class SimdMath<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : unmanaged
{
    private const float Log2E = 1.44269504f;
    private const float Ln2High = 0.693359375f;    // 9 bits, so that n · Ln2High is exact
    private const float Ln2Low = -2.12194440e-4f;
    private const float RoundingShift = 12582911f; // 1.5 · 2²³ − 1: adding it rounds to an integer n and leaves n − 1 in the low bits
    private const float EvenShift = 12582912f;     // 1.5 · 2²³, which leaves n

    /// <summary>eˣ within 0.95 ulp [1.3] from −86.9 on; 0 below, instead of results under 2⁻¹²⁵; infinity where it overflows.</summary>
    /// <remarks>x = n ln 2 + r (Cody and Waite), and 2·eʳ by a polynomial of degree 6 (Chebyshev, relative error 1e-8).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp(TVector x)
    {
        x = TSimd.Max(TSimd.Broadcast(-87.3f), x);
        x = TSimd.Min(TSimd.Broadcast(89f), x);
        TVector shifted = TSimd.MultiplyAdd(x, TSimd.Broadcast(Log2E), TSimd.Broadcast(RoundingShift));
        TVector n = TSimd.Subtract(shifted, TSimd.Broadcast(RoundingShift));
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

    /// <summary>2ˣ within 2 ulp (2.1 without fused multiply-add) for −126 ≤ x ≤ 0; 0 below −126.5. Two thirds of the work of <see cref="Exp"/>.</summary>
    /// <remarks>x = n + r, and 2^r by a polynomial of degree 5 (minimax, relative error 9.2e-8, exact at 0).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp2(TVector x)
    {
        x = TSimd.Max(TSimd.Broadcast(-127f), x);
        TVector shifted = TSimd.Add(x, TSimd.Broadcast(EvenShift));
        TVector r = TSimd.Subtract(x, TSimd.Subtract(shifted, TSimd.Broadcast(EvenShift)));
        TVector p = TSimd.MultiplyAdd(r, TSimd.Broadcast(0.00132647273f), TSimd.Broadcast(0.00967151299f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(0.0555073358f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(0.240222424f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(0.693147004f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(1));
        return TSimd.Multiply(p, TSimd.PowerOfTwo(shifted));
    }

    /// <summary>x / (1 + e⁻ˣ) within 3.5 ulp [4] from −87.3 on; −1.1e-36 below, where smaller results are due.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Silu(TVector x)
    {
        x = TSimd.Max(TSimd.Broadcast(-87.3f), x);
        TVector most = TSimd.Min(TSimd.Broadcast(87.3f), x);
        TVector shifted = TSimd.MultiplyAdd(most, TSimd.Broadcast(-Log2E), TSimd.Broadcast(EvenShift));
        TVector n = TSimd.Subtract(shifted, TSimd.Broadcast(EvenShift));
        TVector rest = TSimd.MultiplyAdd(n, TSimd.Broadcast(Ln2High), most); // x + n ln 2
        rest = TSimd.MultiplyAdd(n, TSimd.Broadcast(Ln2Low), rest);
        TVector decay = TSimd.AddToExponent(Fraction(TSimd.Multiply(rest, TSimd.Broadcast(-Log2E))), shifted);
        return TSimd.Divide(x, TSimd.Add(TSimd.Broadcast(1), decay));
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

    /// <summary>The error function within 1.2 ulp [1.4].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Erf(TVector x)
    {
        // An odd polynomial up to 1; beyond it 1 − e^−g(x) with g = −ln erfc, which is smooth; from 4 on the result rounds to 1.
        TVector z = TSimd.Multiply(x, x);
        TVector p = TSimd.MultiplyAdd(z, TSimd.Broadcast(7.87587504e-05f), TSimd.Broadcast(-0.000801686428f));
        p = TSimd.MultiplyAdd(p, z, TSimd.Broadcast(0.00518908742f));
        p = TSimd.MultiplyAdd(p, z, TSimd.Broadcast(-0.026854212f));
        p = TSimd.MultiplyAdd(p, z, TSimd.Broadcast(0.112835947f));
        p = TSimd.MultiplyAdd(p, z, TSimd.Broadcast(-0.376126267f));
        p = TSimd.MultiplyAdd(p, z, TSimd.Broadcast(0.128379167f)); // 2/√π − 1: the 1 is added last, exactly
        TVector near = TSimd.MultiplyAdd(p, x, x);

        TVector magnitude = TSimd.Abs(x), most = TSimd.Min(TSimd.Broadcast(4f), magnitude);
        TVector g = TSimd.MultiplyAdd(most, TSimd.Broadcast(-1.63715142e-06f), TSimd.Broadcast(4.60580427e-05f));
        g = TSimd.MultiplyAdd(g, most, TSimd.Broadcast(-0.000596805626f));
        g = TSimd.MultiplyAdd(g, most, TSimd.Broadcast(0.00475959629f));
        g = TSimd.MultiplyAdd(g, most, TSimd.Broadcast(-0.026421136f));
        g = TSimd.MultiplyAdd(g, most, TSimd.Broadcast(0.110080083f));
        g = TSimd.MultiplyAdd(g, most, TSimd.Broadcast(0.631826052f));
        g = TSimd.MultiplyAdd(g, most, TSimd.Broadcast(1.13023343f));
        g = TSimd.MultiplyAdd(g, most, TSimd.Broadcast(-0.00032013805f));
        TVector one = TSimd.Broadcast(1), far = TSimd.Subtract(one, Exp(TSimd.Subtract(TSimd.Broadcast(0), g)));
        return TSimd.WhereLess(magnitude, one, near, TSimd.CopySign(far, x));
    }

    /// <summary>
    /// x/2 · (1 + erf(x/√2)) (Hendrycks and Gimpel, arXiv 1606.08415) within 2.7 ulp [3] from −1 on. Below, where the sum
    /// cancels, as it does in the usual single-precision form, the error stays under 9e-8 [2e-7].
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector GeluErf(TVector x)
    {
        TVector half = TSimd.Multiply(x, TSimd.Broadcast(0.5f));
        return TSimd.MultiplyAdd(half, Erf(TSimd.Multiply(x, TSimd.Broadcast(0.707106781f))), half);
    }

    /// <summary>
    /// x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³))), which is x times the sigmoid of twice that argument, within 3.2 ulp [3.2] from
    /// −1 on, 180 ulp [210] from −10 on, where results are of 1e-37, and 1.3e-37 below.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector GeluTanh(TVector x)
    {
        const float linear = -2.302208198f; // −2 √(2/π) log₂e
        x = TSimd.Max(TSimd.Broadcast(-10f), x);
        TVector most = TSimd.Min(TSimd.Broadcast(10f), x);
        TVector factor = TSimd.MultiplyAdd(TSimd.Multiply(most, most), TSimd.Broadcast(linear * 0.044715f), TSimd.Broadcast(linear));
        TVector power = TSimd.Multiply(most, factor);
        TVector shifted = TSimd.Add(power, TSimd.Broadcast(EvenShift));
        TVector rest = TSimd.Subtract(power, TSimd.Subtract(shifted, TSimd.Broadcast(EvenShift)));
        return TSimd.Divide(x, TSimd.Add(TSimd.Broadcast(1), TSimd.AddToExponent(Fraction(rest), shifted)));
    }

    // 2^r for |r| ≤ ½ by the polynomial of `Exp2`, its pairs of terms side by side: a shorter chain to wait for.
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
