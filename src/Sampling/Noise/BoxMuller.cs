using System.Runtime.Intrinsics;

namespace CogVideoX.Sampling;

/// <summary>
/// Sixteen normal numbers from sixteen uniform ones (Box and Muller 1958), with the bits that PyTorch's CPU code gives: every
/// multiply-add here that is fused must be, and the others must not.
/// </summary>
internal static partial class BoxMuller
{
    /// <summary>Numbers that are made together: 8 radii from the first half, 8 angles from the second.</summary>
    public const int BlockSize = 16;

    /// <summary>Replaces 16 uniform numbers of [0, 1) by normal ones.</summary>
    public static void Transform(Span<float> block)
    {
        if (Vector256.IsHardwareAccelerated)
            TransformVector(block);
        else
            TransformScalar(block);
    }
}
