namespace CogVideoX.Kernels.Tuning;

/// <summary>What the choice of a tile depends on.</summary>
/// <param name="Operation">Which.</param>
/// <param name="Rows">Rows of a product; pixels of all frames of a convolution; queries of attention.</param>
/// <param name="Columns">Outputs; output channels; heads of all batches.</param>
/// <param name="Depth">Inputs; taps · input channels; width of a head.</param>
/// <param name="Type">Of activations, or of weights where those are in 8 bits.</param>
internal readonly record struct TileShape(TiledOperation Operation, long Rows, int Columns, int Depth, ElementFormat Type)
{
    private const int Steps = 8; // to twice as many rows

    /// <summary>
    /// The shape that stands for its class: rows rounded up to an eighth of a power of two, so that another length of a text, or of a
    /// video by a little, needs no measurement of its own.
    /// </summary>
    public TileShape Class
    {
        get
        {
            long step = Math.Max(1, (long)(System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Rows) / (2 * Steps)));
            return this with { Rows = (Rows + step - 1) / step * step };
        }
    }
}

/// <summary>Operations that have a choice of tiles.</summary>
internal enum TiledOperation
{
    /// <summary>x · Wᵀ, and what is made of it.</summary>
    Linear,

    /// <summary>A causal convolution with a window of several pixels.</summary>
    CausalConv3d,

    /// <summary>Attention without a bias.</summary>
    Attention,
}
