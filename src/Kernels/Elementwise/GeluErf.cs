using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Cuda;
using CogVideoX.Kernels.Ilgpu;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

/// <summary>x/2 · (1 + erf(x/√2)) (Hendrycks and Gimpel, arXiv 1606.08415).</summary>
internal readonly struct GeluErf : IElementFunction
{
    /// <inheritdoc/>
    public static string Name => "gelu_erf";

    /// <inheritdoc/>
    public static int Flops => 5;

    /// <inheritdoc/>
    public static double Exact(double x) => 0.5 * x * ErrorFunction.Complement(-x / Math.Sqrt(2));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Fast<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged =>
        SimdMath<TSimd, TVector>.GeluErf(x);

    /// <inheritdoc/>
    public float Portable(float x) => IlgpuMath.GeluErf(x);

    /// <inheritdoc/>
    public static float Cuda(float x) => CudaActivation.GeluErf(x);
}
