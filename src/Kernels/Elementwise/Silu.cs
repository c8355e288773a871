using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Cuda;
using CogVideoX.Kernels.Ilgpu;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

/// <summary>x / (1 + e⁻ˣ).</summary>
internal readonly struct Silu : IElementFunction
{
    /// <inheritdoc/>
    public static string Name => "silu";

    /// <inheritdoc/>
    public static int Flops => 3;

    /// <inheritdoc/>
    public static double Exact(double x) => x / (1 + Math.Exp(-x));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Fast<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged =>
        SimdMath<TSimd, TVector>.Silu(x);

    /// <inheritdoc/>
    public float Portable(float x) => IlgpuMath.Silu(x);

    /// <inheritdoc/>
    public static float Cuda(float x) => CudaActivation.Silu(x);
}
