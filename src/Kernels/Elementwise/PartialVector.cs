using System.Runtime.Intrinsics;

namespace CogVideoX.Kernels;

/// <summary>The last, short vector of a row: fewer than eight floats, with nothing read or written beside them.</summary>
internal static unsafe class PartialVector
{
    /// <summary>The first <paramref name="count"/> lanes from memory, the others 0.</summary>
    public static Vector256<float> Load(float* source, int count)
    {
        float* lanes = stackalloc float[Vector256<float>.Count];
        for (int i = 0; i < Vector256<float>.Count; i++)
            lanes[i] = i < count ? source[i] : 0;
        return Vector256.Load(lanes);
    }

    /// <summary>The first <paramref name="count"/> lanes to memory.</summary>
    public static void Store(Vector256<float> vector, float* destination, int count)
    {
        for (int i = 0; i < count; i++)
            destination[i] = vector[i];
    }
}
