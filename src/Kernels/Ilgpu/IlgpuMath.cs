using System.Runtime.CompilerServices;
using ILGPU.Algorithms;

namespace CogVideoX.Kernels.Ilgpu;

/// <summary>Functions of one number for portable kernels, in fp32: within a few ulp where the device's 2ˣ is.</summary>
internal static class IlgpuMath
{
    private const float Log2E = 1.44269504f;

    /// <summary>eˣ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Exp(float x) => XMath.Exp2(x * Log2E);

    /// <summary>x / (1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Silu(float x) => Weighted(x, x * -Log2E);

    /// <summary>
    /// x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³))), as x times the sigmoid of twice that argument: there is no tanh that could cancel.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float GeluTanh(float x)
    {
        const float Linear = -2.302208198f; // −2 √(2/π) log₂e
        return Weighted(x, x * (Linear + x * x * (Linear * 0.044715f)));
    }

    /// <summary>
    /// x/2 · (1 + erf(x/√2)), as x / (1 + 2^(x·p(x²))) with the polynomial of <see cref="Simd.SimdMath{TSimd, TVector}.GeluErf"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float GeluErf(float x)
    {
        float most = XMath.Max(-5.6f, XMath.Min(5.6f, x)), square = most * most, fourth = square * square;
        float high = (square * 5.50984956e-12f + -3.32009469e-10f) * square + 2.15527756e-9f;
        float third = square * 3.113029e-7f + -1.11466736e-5f;
        float second = square * 1.59336332e-4f + 9.26952074e-5f;
        float first = square * -0.10483234f + -2.30221046f;
        return Weighted(XMath.Max(-5.6f, x), most * (((high * fourth + third) * fourth + second) * fourth + first));
    }

    // x / (1 + 2ᵃ); beyond 2¹²⁶ the quotient is as good as 0, and its divisor would be infinite.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Weighted(float x, float a) => a > 126 ? 0 : x / (1 + XMath.Exp2(a));
}
