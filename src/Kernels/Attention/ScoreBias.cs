using System.Runtime.CompilerServices;
using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels;

/// <summary>What is added to scores, by its type: known when a kernel is compiled.</summary>
internal static class ScoreBias
{
    /// <summary>A number as a float.</summary>
    /// <typeparam name="T">float, BFloat16 or Half.</typeparam>
    public static float Widen<T>(T number) where T : unmanaged
    {
        if (typeof(T) == typeof(BFloat16))
            return Unsafe.BitCast<T, BFloat16>(number);
        return typeof(T) == typeof(Half) ? (float)Unsafe.BitCast<T, Half>(number) : Unsafe.BitCast<T, float>(number);
    }

    /// <summary>In place of a type: there is no bias.</summary>
    public readonly struct None;
}
