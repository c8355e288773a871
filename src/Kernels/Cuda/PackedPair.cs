using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Cuda;

/// <summary>Two numbers of 16 bits as they lie in a register, the first in the low half. T is BFloat16 or Half.</summary>
internal static class PackedPair
{
    /// <summary>Two floats, each to nearest even.</summary>
    public static uint Of<T>(float low, float high) where T : unmanaged => Pack<T>(high, low);

    /// <summary>The first as a float.</summary>
    public static float Low<T>(uint pair) where T : unmanaged =>
        typeof(T) == typeof(BFloat16) ? BitConverter.UInt32BitsToSingle(pair << 16) : Half2.FromBits(pair).Low;

    /// <summary>The second as a float.</summary>
    public static float High<T>(uint pair) where T : unmanaged =>
        typeof(T) == typeof(BFloat16) ? BitConverter.UInt32BitsToSingle(pair & 0xFFFF_0000) : Half2.FromBits(pair).High;

    [Types(typeof(Half), typeof(BFloat16), Instead = "Other numbers aren't pairs of 32 bits")]
    [Ptx("cvt.rn.{T}x2.f32 {result}, {high}, {low};", Pure = true)]
    private static uint Pack<T>(float high, float low) where T : unmanaged => throw new NotSupportedException("On a GPU only.");
}
