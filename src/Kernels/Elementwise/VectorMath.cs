using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CogVideoX.Kernels;

/// <summary>
/// Transcendental functions, eight floats at a time. Errors are in units in the last place of the exact result, the largest
/// that a dense sweep over all floats found; NaN gives NaN. Without FMA in the processor the results are the same, only slower.
/// </summary>
public static class VectorMath
{
    /// <summary>eˣ. Error ≤ 1.1 ulp, subnormal results included; beyond the range 0 and infinity.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> x)
    {
        // n = round(x / ln 2) by the bits that 1.5·2²³ pushes out of the mantissa; r = x − n·ln 2 in two parts (Cody and Waite).
        x = Vector256.MinNative(Vector256.Create(89f), Vector256.MaxNative(Vector256.Create(-104f), x));
        Vector256<float> shifter = Vector256.Create(12582912f);
        Vector256<float> shifted = Fma(x, Vector256.Create(1.44269504f), shifter);
        Vector256<float> n = shifted - shifter;
        Vector256<float> r = Fma(n, Vector256.Create(-0.693145752f), x);
        r = Fma(n, Vector256.Create(-1.42860677e-6f), r);
        Vector256<float> p = Vector256.Create(0.00139262034f);
        p = Fma(p, r, Vector256.Create(0.00836319488f));
        p = Fma(p, r, Vector256.Create(0.0416665545f));
        p = Fma(p, r, Vector256.Create(0.166665769f));
        p = Fma(p, r, Vector256.Create(0.5f));
        p = Fma(p * r, r, r) + Vector256<float>.One;
        // 2ⁿ as a product of two powers, each of them a normal number even where the result is not.
        Vector256<int> exponent = shifted.AsInt32() - shifter.AsInt32();
        Vector256<int> half = exponent >> 1;
        return p * PowerOfTwo(half) * PowerOfTwo(exponent - half);
    }

    /// <summary>1 / (1 + e⁻ˣ). Error ≤ 3 ulp where |x| ≤ 87; below that the result is subnormal and off by at most 2⁻¹⁴⁸.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Sigmoid(Vector256<float> x)
    {
        // e^−|x| never overflows; for negative x the same fraction is multiplied by it.
        Vector256<float> e = Exp(-Vector256.Abs(x));
        Vector256<float> numerator = Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256<float>.Zero), e, Vector256<float>.One);
        return numerator / (Vector256<float>.One + e);
    }

    /// <summary>x / (1 + e⁻ˣ). Error ≤ 4 ulp where |x| ≤ 87, absolute error ≤ 10⁻⁴² beyond.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Silu(Vector256<float> x) => x * Sigmoid(x);

    /// <summary>The hyperbolic tangent. Error ≤ 2 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Tanh(Vector256<float> x)
    {
        Vector256<float> z = x * x;
        Vector256<float> p = Vector256.Create(0.00229274494f);
        p = Fma(p, z, Vector256.Create(-0.00834394566f));
        p = Fma(p, z, Vector256.Create(0.0217689187f));
        p = Fma(p, z, Vector256.Create(-0.0539592596f));
        p = Fma(p, z, Vector256.Create(0.133333036f));
        p = Fma(p, z, Vector256.Create(-0.333333332f));
        Vector256<float> near = Fma(p * z, x, x);

        Vector256<float> magnitude = Vector256.Abs(x);
        Vector256<float> far = Vector256<float>.One - Vector256.Create(2f) / (Exp(magnitude + magnitude) + Vector256<float>.One);
        return Vector256.ConditionalSelect(Vector256.LessThan(magnitude, Vector256.Create(0.625f)), near, WithSignOf(far, x));
    }

    /// <summary>The error function. Error ≤ 2 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Erf(Vector256<float> x)
    {
        // An odd polynomial up to 1; beyond it 1 − e^−g(x) with g = −ln erfc, which is smooth; from 4 on the result rounds to 1.
        Vector256<float> z = x * x;
        Vector256<float> p = Vector256.Create(7.87587504e-05f);
        p = Fma(p, z, Vector256.Create(-0.000801686428f));
        p = Fma(p, z, Vector256.Create(0.00518908742f));
        p = Fma(p, z, Vector256.Create(-0.026854212f));
        p = Fma(p, z, Vector256.Create(0.112835947f));
        p = Fma(p, z, Vector256.Create(-0.376126267f));
        p = Fma(p, z, Vector256.Create(0.128379167f)); // 2/√π − 1: the 1 is added last, exactly
        Vector256<float> near = Fma(p, x, x);

        Vector256<float> magnitude = Vector256.MinNative(Vector256.Create(4f), Vector256.Abs(x));
        Vector256<float> g = Vector256.Create(-1.63715142e-06f);
        g = Fma(g, magnitude, Vector256.Create(4.60580427e-05f));
        g = Fma(g, magnitude, Vector256.Create(-0.000596805626f));
        g = Fma(g, magnitude, Vector256.Create(0.00475959629f));
        g = Fma(g, magnitude, Vector256.Create(-0.026421136f));
        g = Fma(g, magnitude, Vector256.Create(0.110080083f));
        g = Fma(g, magnitude, Vector256.Create(0.631826052f));
        g = Fma(g, magnitude, Vector256.Create(1.13023343f));
        g = Fma(g, magnitude, Vector256.Create(-0.00032013805f));
        Vector256<float> far = Vector256<float>.One - Exp(-g);
        return Vector256.ConditionalSelect(Vector256.LessThan(Vector256.Abs(x), Vector256<float>.One), near, WithSignOf(far, x));
    }

    /// <summary>x · Φ(x) = x/2 · (1 + erf(x/√2)) (Hendrycks and Gimpel, arXiv 1606.08415). Absolute error ≤ 2·10⁻⁷·max(1, |x|).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Gelu(Vector256<float> x)
    {
        Vector256<float> half = Vector256.Create(0.5f) * x;
        return Fma(half, Erf(x * Vector256.Create(0.707106781f)), half);
    }

    /// <summary>
    /// The same with tanh(√(2/π)·(x + 0.044715·x³)) for the error function. Absolute error ≤ 4·10⁻⁷·max(1, |x|).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> GeluTanh(Vector256<float> x)
    {
        // (1 + tanh u)/2 = sigmoid(2u), which loses nothing where tanh is near −1.
        Vector256<float> inner = Fma(x * x * Vector256.Create(0.0713548163f), x, x * Vector256.Create(1.59576912f));
        return x * Sigmoid(inner);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> PowerOfTwo(Vector256<int> n) => ((n + Vector256.Create(127)) << 23).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> WithSignOf(Vector256<float> magnitude, Vector256<float> sign) =>
        magnitude | (sign & Vector256.Create(-0f));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Fma(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
        Vector256.FusedMultiplyAdd(a, b, c);
}
