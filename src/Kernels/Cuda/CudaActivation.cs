using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Cuda;

/// <summary>Activations by the GPU's own functions; relative errors below 2⁻¹⁹ where the result isn't below 10⁻³⁰.</summary>
internal static class CudaActivation
{
    // −log₂ e; and −2 √(2/π) log₂ e, alone and times 0.044715.
    private const float Silu1 = -1.442695f, Gelu1 = -2.3022082f, Gelu3 = -0.10294324f;

    /// <summary>x/2 · (1 + tanh u), u = √(2/π) (x + 0.044715 x³): as x · logistic(2u), which doesn't cancel.</summary>
    public static float GeluTanh(float x) => Logistic(x, x * MathF.FusedMultiplyAdd(Gelu3, x * x, Gelu1));

    /// <summary>x/2 · (1 + erf(x/√2)), with the polynomial of <see cref="Simd.SimdMath{TSimd, TVector}.GeluErf"/>.</summary>
    public static float GeluErf(float x)
    {
        const float Most = 5.6f;
        x = x < -Most ? -Most : x;
        float most = Approximate.Min(Most, x), square = most * most, fourth = square * square;
        float high = MathF.FusedMultiplyAdd(square, 5.50984956e-12f, -3.32009469e-10f);
        high = MathF.FusedMultiplyAdd(high, square, 2.15527756e-9f);
        float third = MathF.FusedMultiplyAdd(square, 3.113029e-7f, -1.11466736e-5f);
        float second = MathF.FusedMultiplyAdd(square, 1.59336332e-4f, 9.26952074e-5f);
        float first = MathF.FusedMultiplyAdd(square, -0.10483234f, -2.30221046f);
        float factor = MathF.FusedMultiplyAdd(MathF.FusedMultiplyAdd(high, fourth, third), fourth, second);
        return Logistic(x, most * MathF.FusedMultiplyAdd(factor, fourth, first));
    }

    /// <summary>x / (1 + e⁻ˣ).</summary>
    public static float Silu(float x) => Logistic(x, Silu1 * x);

    private static float Logistic(float x, float power) => x * Approximate.ReciprocalFlushed(1 + Approximate.Exp2Flushed(power));
}
