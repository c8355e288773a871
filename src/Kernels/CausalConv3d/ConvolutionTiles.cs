namespace CogVideoX.Kernels;

/// <summary>Sizes of the tiles of <see cref="ConvolutionTile{TSimd, TVector}"/> that don't depend on the width of vectors.</summary>
internal static class ConvolutionTiles
{
    /// <summary>Output pixels of a wide tile: with two vectors of outputs 12 sums, which leaves 4 of 16 registers.</summary>
    public const int WidePixels = 6;

    /// <summary>Output pixels of a narrow tile.</summary>
    public const int NarrowPixels = 4;

    /// <summary>Output channels of a narrow tile.</summary>
    public const int NarrowOutputs = 3;
}
