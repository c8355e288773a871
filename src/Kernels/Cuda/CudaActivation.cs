using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Cuda;

/// <summary>Activations by the GPU's own functions; relative errors below 2⁻¹⁹ where the result isn't below 10⁻³⁰.</summary>
internal static class CudaActivation
{
    // −log₂ e; and −2 √(2/π) log₂ e, alone and times 0.044715.
    private const float Silu1 = -1.442695f, Gelu1 = -2.3022082f, Gelu3 = -0.10294324f;

    /// <summary>x/2 · (1 + tanh u), u = √(2/π) (x + 0.044715 x³): as x · logistic(2u), which doesn't cancel.</summary>
    public static float GeluTanh(float x) => Logistic(x, x * MathF.FusedMultiplyAdd(Gelu3, x * x, Gelu1));

    /// <summary>x / (1 + e⁻ˣ).</summary>
    public static float Silu(float x) => Logistic(x, Silu1 * x);

    private static float Logistic(float x, float power) => x * Approximate.ReciprocalFlushed(1 + Approximate.Exp2Flushed(power));
}
