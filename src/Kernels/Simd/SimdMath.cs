using System.Runtime.CompilerServices;

namespace CogVideoX.Kernels.Simd;

/// <summary>The transcendental functions of the matrix kernels, for any width of vectors.</summary>
internal static class SimdMath<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : unmanaged
{
    private const float Log2E = 1.44269504f;
    private const float Ln2High = 0.693359375f;      // 9 bits, so that n · Ln2High is exact
    private const float Ln2Low = -2.12194440e-4f;
    private const float RoundingShift = 12582912f;   // 1.5 · 2²³: adding it rounds to an integer, kept in the low bits

    /// <summary>
    /// eˣ within 1.1 ulp for −87.33 ≤ x ≤ 88.37 (with fused multiply-add); 0 from −87.69 down, and between the two either 0 or
    /// a subnormal; infinity above 88.38; NaN for NaN.
    /// </summary>
    /// <remarks>x = n ln 2 + r, and e^r by a polynomial of degree 6 (Chebyshev, relative error 1e-8).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp(TVector x)
    {
        x = TSimd.Max(TSimd.Broadcast(-88f), x);
        x = TSimd.Min(TSimd.Broadcast(89f), x);
        TVector shifted = TSimd.MultiplyAdd(x, TSimd.Broadcast(Log2E), TSimd.Broadcast(RoundingShift));
        TVector n = TSimd.Subtract(shifted, TSimd.Broadcast(RoundingShift));
        TVector r = TSimd.MultiplyAdd(n, TSimd.Broadcast(-Ln2High), x);
        r = TSimd.MultiplyAdd(n, TSimd.Broadcast(-Ln2Low), r);
        TVector p = TSimd.MultiplyAdd(r, TSimd.Broadcast(0.0013926251f), TSimd.Broadcast(0.0083632329f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(0.041666554f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(0.16666577f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(0.5f));
        p = TSimd.MultiplyAdd(p, TSimd.Multiply(r, r), r);
        return TSimd.Multiply(TSimd.Add(p, TSimd.Broadcast(1)), TSimd.PowerOfTwo(shifted));
    }

    /// <summary>2ˣ within 2 ulp (2.1 without fused multiply-add) for −126 ≤ x ≤ 0; 0 below −126.5. Two thirds of the work of <see cref="Exp"/>.</summary>
    /// <remarks>x = n + r, and 2^r by a polynomial of degree 5 (minimax, relative error 9.2e-8, exact at 0).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp2(TVector x)
    {
        const float shift = 12582912f; // 1.5 · 2²³: adding it rounds to an integer, kept in the low bits
        x = TSimd.Max(TSimd.Broadcast(-127f), x);
        TVector shifted = TSimd.Add(x, TSimd.Broadcast(shift));
        TVector r = TSimd.Subtract(x, TSimd.Subtract(shifted, TSimd.Broadcast(shift)));
        TVector p = TSimd.MultiplyAdd(r, TSimd.Broadcast(0.00132647273f), TSimd.Broadcast(0.00967151299f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(0.0555073358f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(0.240222424f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(0.693147004f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(1));
        return TSimd.Multiply(p, TSimd.PowerOfTwo(shifted));
    }

    /// <summary>x / (1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Silu(TVector x) => TimesSigmoid(x, x);

    /// <summary>x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³))), which is x times the sigmoid of twice that argument.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector GeluTanh(TVector x)
    {
        const float linear = 1.5957691216f; // 2 √(2/π)
        TVector square = TSimd.Multiply(x, x);
        TVector factor = TSimd.MultiplyAdd(square, TSimd.Broadcast(linear * 0.044715f), TSimd.Broadcast(linear));
        return TimesSigmoid(x, TSimd.Multiply(x, factor));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector TimesSigmoid(TVector x, TVector argument)
    {
        TVector decay = Exp(TSimd.Subtract(TSimd.Broadcast(0), argument));
        return TSimd.Divide(x, TSimd.Add(TSimd.Broadcast(1), decay));
    }
}
