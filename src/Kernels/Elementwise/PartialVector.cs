using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

/// <summary>The last, short vector of a row, with nothing read or written beside it.</summary>
internal static unsafe class PartialVector<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : unmanaged
{
    /// <summary>The first <paramref name="count"/> lanes from memory, the others 0.</summary>
    public static TVector Load(float* source, int count)
    {
        float* lanes = stackalloc float[TSimd.Lanes];
        for (int i = 0; i < TSimd.Lanes; i++)
            lanes[i] = i < count ? source[i] : 0;
        return TSimd.Load(lanes);
    }

    /// <summary>The first <paramref name="count"/> lanes to memory.</summary>
    public static void Store(TVector vector, float* destination, int count)
    {
        float* lanes = stackalloc float[TSimd.Lanes];
        TSimd.Store(vector, lanes);
        for (int i = 0; i < count; i++)
            destination[i] = lanes[i];
    }
}
