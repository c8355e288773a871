using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CogVideoX.Kernels;

/// <summary>x / (1 + e⁻ˣ).</summary>
public readonly struct Silu : IElementFunction
{
    /// <inheritdoc/>
    public static string Name => "silu";

    /// <inheritdoc/>
    public static int Flops => 3;

    /// <inheritdoc/>
    public static double Exact(double x) => x / (1 + Math.Exp(-x));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Fast(Vector256<float> x) => VectorMath.Silu(x);
}
