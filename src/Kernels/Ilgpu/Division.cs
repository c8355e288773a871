using System.Runtime.CompilerServices;

namespace CogVideoX.Kernels.Ilgpu;

/// <summary>Division of indices: a GPU divides 64 bits in some hundred instructions, 32 bits in twenty.</summary>
internal static class Division
{
    /// <summary>The quotient of two numbers that aren't negative.</summary>
    public static long Quotient(long value, long by) => (value | by) >> 32 == 0 ? (uint)value / (uint)by : Long(value, by);

    // A call, since ILGPU would compute both ways and choose a result.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Long(long value, long by) => value / by;
}
