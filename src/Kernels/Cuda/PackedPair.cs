using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Cuda;

/// <summary>Two numbers of 16 bits as they lie in a register, the first in the low half.</summary>
internal static class PackedPair
{
    /// <summary>Two floats, each to nearest even.</summary>
    /// <typeparam name="T">BFloat16 or Half.</typeparam>
    public static uint Of<T>(float low, float high) where T : unmanaged => Pack<T>(high, low);

    [Types(typeof(Half), typeof(BFloat16), Instead = "Other numbers aren't pairs of 32 bits")]
    [Ptx("cvt.rn.{T}x2.f32 {result}, {high}, {low};", Pure = true)]
    private static uint Pack<T>(float high, float low) where T : unmanaged => throw new NotSupportedException("On a GPU only.");
}
