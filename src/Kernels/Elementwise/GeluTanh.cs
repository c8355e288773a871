using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Cuda;
using CogVideoX.Kernels.Ilgpu;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

/// <summary>x/2 · (1 + tanh(√(2/π)·(x + 0.044715·x³))) (Hendrycks and Gimpel, arXiv 1606.08415).</summary>
internal readonly struct GeluTanh : IElementFunction
{
    /// <inheritdoc/>
    public static string Name => "gelu_tanh";

    /// <inheritdoc/>
    public static int Flops => 8;

    /// <inheritdoc/>
    public static double Exact(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Fast<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged =>
        SimdMath<TSimd, TVector>.GeluTanh(x);

    /// <inheritdoc/>
    public float Portable(float x) => IlgpuMath.GeluTanh(x);

    /// <inheritdoc/>
    public static float Cuda(float x) => CudaActivation.GeluTanh(x);
}
