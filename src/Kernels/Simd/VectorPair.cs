namespace CogVideoX.Kernels.Simd;

/// <summary>Two vectors, neighbours in memory.</summary>
/// <param name="low">The first in memory.</param>
/// <param name="high">The second.</param>
public readonly struct VectorPair<TVector>(TVector low, TVector high) where TVector : unmanaged
{
    /// <summary>The first in memory.</summary>
    public readonly TVector Low = low;

    /// <summary>The second.</summary>
    public readonly TVector High = high;
}
