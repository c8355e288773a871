using System.Runtime.CompilerServices;

namespace CogVideoX.Kernels.Ilgpu;

/// <summary>
/// Eight numbers in registers, as two quads that needn't be neighbours: of a tile's rows or columns, a thread has four in each half.
/// </summary>
internal readonly struct Float8(Float4 low, Float4 high)
{
    /// <summary>Those of the first half of the tile.</summary>
    public readonly Float4 Low = low;

    /// <summary>Those of the second half.</summary>
    public readonly Float4 High = high;

    /// <summary>These + factor · others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Float8 Plus(float factor, Float8 others) => new(
        new Float4(
            Low.X + factor * others.Low.X,
            Low.Y + factor * others.Low.Y,
            Low.Z + factor * others.Low.Z,
            Low.W + factor * others.Low.W),
        new Float4(
            High.X + factor * others.High.X,
            High.Y + factor * others.High.Y,
            High.Z + factor * others.High.Z,
            High.W + factor * others.High.W));
}
