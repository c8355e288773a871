using System.Runtime.Intrinsics;

namespace CogVideoX.Kernels.Simd;

/// <summary>How rows of a matrix are stored, where kernels widen them to fp32 as they load them.</summary>
internal unsafe interface IStoredRows
{
    /// <summary>Bytes of an element.</summary>
    static abstract int Size { get; }

    /// <summary>One element.</summary>
    static abstract float One(byte* source);

    /// <summary>As many elements as a vector has lanes.</summary>
    static abstract TVector Load<TSimd, TVector>(byte* source)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged;

    /// <summary>Elements 0 … 3 of two rows, and their elements 4 … 7: the upper row in the lower halves. For AVX2.</summary>
    static abstract void LoadPair(byte* upper, byte* lower, out Vector256<float> first, out Vector256<float> second);
}
