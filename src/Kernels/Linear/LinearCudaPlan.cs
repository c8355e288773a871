using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>How a product is cut into CTAs.</summary>
/// <param name="Tile">Of the result.</param>
/// <param name="Parts">How many parts the inputs have, each of which other CTAs sum; 1 for none.</param>
/// <param name="PartInputs">Inputs of a part.</param>
internal readonly record struct LinearCudaPlan(LinearCudaTile Tile, int Parts, int PartInputs)
{
    private const int Depth = TileProduct<Half, ProductTiles.Square>.Depth;

    // The largest cards have 148. What is planned for must do on any.
    private const int MostMultiprocessors = 160;

    // A part must be worth its CTA: to begin and to end takes as long as so many inputs.
    private const int StartInputs = 96, LeastPartInputs = 256, MostParts = 16;

    // In the time that a partial sum is written and read, which are 8 bytes, a card does so many products: 150 a byte.
    private const double PartProducts = 1200;

    // How long a product takes beside the widest tile's: guesses from loads a product, until a card says more.
    private static readonly (LinearCudaTile Tile, int Rows, int Columns, int Residents, double Cost)[] Tiles =
    [
        (LinearCudaTile.Wide, ProductTiles.Wide.Rows, ProductTiles.Wide.Columns, ProductTiles.Wide.Residents, 1),
        (LinearCudaTile.Tall, ProductTiles.Tall.Rows, ProductTiles.Tall.Columns, ProductTiles.Tall.Residents, 1),
        (LinearCudaTile.Square, ProductTiles.Square.Rows, ProductTiles.Square.Columns, ProductTiles.Square.Residents, 1.1),
        (LinearCudaTile.Small, ProductTiles.Small.Rows, ProductTiles.Small.Columns, ProductTiles.Small.Residents, 1.6),
    ];

    /// <summary>The plan by which the busiest of a card's multiprocessors is done first.</summary>
    /// <param name="rows">At least one.</param>
    /// <param name="outputs">At least one.</param>
    /// <param name="inputs">At least one.</param>
    /// <param name="multiprocessors">Of the card.</param>
    public static LinearCudaPlan For(long rows, int outputs, int inputs, int multiprocessors)
    {
        LinearCudaPlan best = default;
        double least = double.PositiveInfinity;
        foreach ((LinearCudaTile tile, int tileRows, int tileColumns, int residents, double cost) in Tiles)
        {
            double tiles = Math.Ceiling((double)rows / tileRows) * Math.Ceiling((double)outputs / tileColumns);
            int most = MaximumParts(tiles, residents, inputs, multiprocessors);
            for (int parts = 1; parts <= most; parts++)
            {
                int partInputs = (inputs + parts * Depth - 1) / (parts * Depth) * Depth;
                double products = Math.Ceiling(tiles * parts / multiprocessors) * tileRows * tileColumns * (partInputs + StartInputs);
                double partial = parts == 1 ? 0 : PartProducts * parts * rows * outputs / multiprocessors;
                if (products * cost + partial < least)
                    (least, best) = (products * cost + partial, new(tile, (inputs + partInputs - 1) / partInputs, partInputs));
            }
        }
        return best;
    }

    /// <summary>Bytes that partial sums take at most, whichever card it will be.</summary>
    /// <inheritdoc cref="For"/>
    public static long WorkspaceBytes(long rows, int outputs, int inputs)
    {
        int most = 1;
        foreach ((_, int tileRows, int tileColumns, int residents, _) in Tiles)
        {
            double tiles = Math.Ceiling((double)rows / tileRows) * Math.Ceiling((double)outputs / tileColumns);
            most = Math.Max(most, MaximumParts(tiles, residents, inputs, MostMultiprocessors));
        }
        return most == 1 ? 0 : PartBytes(rows, outputs) * most;
    }

    /// <summary>Bytes of the sums of one part, whose rows are rounded up to eights.</summary>
    public static long PartBytes(long rows, int outputs) => rows * Pitch(outputs) * sizeof(float);

    /// <summary>Numbers of outputs, rounded up to eights.</summary>
    public static int Pitch(int outputs) => (outputs + 7) / 8 * 8;

    private static int MaximumParts(double tiles, int residents, int inputs, int multiprocessors)
    {
        double places = Math.Min(multiprocessors, MostMultiprocessors) * residents;
        return Math.Max(1, Math.Min((int)Math.Min(places / tiles, MostParts), inputs / LeastPartInputs));
    }
}
