using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CogVideoX.Kernels;

/// <summary>x/2 · (1 + erf(x/√2)) (Hendrycks and Gimpel, arXiv 1606.08415).</summary>
public readonly struct GeluErf : IElementFunction
{
    /// <inheritdoc/>
    public static string Name => "gelu_erf";

    /// <inheritdoc/>
    public static int Flops => 5;

    /// <inheritdoc/>
    public static double Exact(double x) => 0.5 * x * ErrorFunction.Complement(-x / Math.Sqrt(2));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Fast(Vector256<float> x) => VectorMath.Gelu(x);
}
