using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels;

/// <summary>In place of a bias' type: there is none.</summary>
internal readonly struct NoBias
{
    /// <summary>A number of a bias as a float.</summary>
    /// <typeparam name="T">float, BFloat16 or Half.</typeparam>
    public static float Widen<T>(View<T> bias, long index) where T : unmanaged
    {
        if (typeof(T) == typeof(BFloat16))
            return bias.As<BFloat16>()[index];
        return typeof(T) == typeof(Half) ? (float)bias.As<Half>()[index] : bias.As<float>()[index];
    }
}
