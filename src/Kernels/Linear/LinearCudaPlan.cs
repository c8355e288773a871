using CogVideoX.Kernels.Cuda;
using CogVideoX.Kernels.Tuning;

namespace CogVideoX.Kernels;

/// <summary>How a product is cut into CTAs.</summary>
/// <param name="Choice">Tile of the result, and parts of the inputs.</param>
/// <param name="PartInputs">Inputs of a part.</param>
internal readonly record struct LinearCudaPlan(TileChoice Choice, int PartInputs)
{
    private const int Depth = TileProduct<Half, ProductTiles.Square>.Depth;

    // The largest cards have 148. What is planned for must do on any.
    private const int MostMultiprocessors = 160;

    // A part must be worth its CTA: to begin and to end takes as long as so many inputs.
    private const int StartInputs = 96, LeastPartInputs = 256, MostParts = 16;

    // In the time that a partial sum is written and read, which are 8 bytes, a card does so many products: 150 a byte.
    private const double PartProducts = 1200;

    private static readonly (TileKind Tile, int Rows, int Columns, int Residents)[] Tiles =
    [
        (TileKind.Wide, ProductTiles.Wide.Rows, ProductTiles.Wide.Columns, ProductTiles.Wide.Residents),
        (TileKind.Tall, ProductTiles.Tall.Rows, ProductTiles.Tall.Columns, ProductTiles.Tall.Residents),
        (TileKind.Square, ProductTiles.Square.Rows, ProductTiles.Square.Columns, ProductTiles.Square.Residents),
        (TileKind.Small, ProductTiles.Small.Rows, ProductTiles.Small.Columns, ProductTiles.Small.Residents),
    ];

    /// <summary>Parts of the inputs; 1 for none.</summary>
    public int Parts => Choice.Parts;

    /// <summary>What the card's table says, where it can be; else the plan by the rule.</summary>
    /// <param name="shape">Of the product.</param>
    /// <param name="queue">Of the card.</param>
    public static LinearCudaPlan For(in TileShape shape, CudaQueue queue) =>
        queue.Tiles.Find(shape) is { } choice && Of(choice, shape.Rows, shape.Columns, shape.Depth, queue.Card) is { } plan
            ? plan : For(shape.Rows, shape.Columns, shape.Depth, queue.Card);

    /// <summary>The rule: the plan by which the busiest of a card's multiprocessors is done first.</summary>
    /// <param name="rows">At least one.</param>
    /// <param name="outputs">At least one.</param>
    /// <param name="inputs">At least one.</param>
    /// <param name="card">The card.</param>
    public static LinearCudaPlan For(long rows, int outputs, int inputs, TileCard card)
    {
        LinearCudaPlan best = default;
        double least = double.PositiveInfinity;
        foreach ((TileKind tile, int tileRows, int tileColumns, int residents) in Tiles)
        {
            double tiles = Math.Ceiling((double)rows / tileRows) * Math.Ceiling((double)outputs / tileColumns);
            int most = MaximumParts(tiles, residents, inputs, card.Multiprocessors);
            double cost = card.CostOf(tileRows, tileColumns);
            for (int parts = 1; parts <= most; parts++)
            {
                int partInputs = InputsOf(parts, inputs);
                double products = Math.Ceiling(tiles * parts / card.Multiprocessors) * tileRows * tileColumns * (partInputs + StartInputs);
                double partial = parts == 1 ? 0 : PartProducts * parts * rows * outputs / card.Multiprocessors;
                if (products * cost + partial < least)
                    (least, best) = (products * cost + partial, new(new(tile, (inputs + partInputs - 1) / partInputs), partInputs));
            }
        }
        return best;
    }

    /// <summary>Rows and columns of a product's tile.</summary>
    public static (int Rows, int Columns) SizeOf(TileKind kind)
    {
        (_, int rows, int columns, _) = Array.Find(Tiles, tile => tile.Tile == kind);
        return (rows, columns);
    }

    /// <summary>All plans that there are for a product, each once.</summary>
    /// <inheritdoc cref="For(long, int, int, TileCard)"/>
    public static IEnumerable<LinearCudaPlan> All(long rows, int outputs, int inputs, TileCard card) =>
        from tile in Tiles
        from parts in Enumerable.Range(1, MostParts)
        let plan = Of(new(tile.Tile, parts), rows, outputs, inputs, card)
        where plan is not null
        select plan.Value;

    /// <summary>
    /// The plan of a choice; null where the product has none such: its tiles are of others, or there is no memory for its parts' sums.
    /// </summary>
    /// <param name="choice">Any.</param>
    /// <inheritdoc cref="For(long, int, int, TileCard)"/>
    /// <param name="rows"/> <param name="outputs"/> <param name="inputs"/> <param name="card"/>
    public static LinearCudaPlan? Of(TileChoice choice, long rows, int outputs, int inputs, TileCard card)
    {
        foreach ((TileKind tile, int tileRows, int tileColumns, int residents) in Tiles)
        {
            if (tile != choice.Tile)
                continue;
            double tiles = Math.Ceiling((double)rows / tileRows) * Math.Ceiling((double)outputs / tileColumns);
            if (choice.Parts < 1 || choice.Parts > MaximumParts(tiles, residents, inputs, card.Multiprocessors))
                return null;
            int partInputs = InputsOf(choice.Parts, inputs);
            return (inputs + partInputs - 1) / partInputs == choice.Parts ? new(choice, partInputs) : null;
        }
        return null;
    }

    /// <summary>Bytes that partial sums take at most, whichever card it will be.</summary>
    /// <inheritdoc cref="For(long, int, int, TileCard)"/>
    public static long WorkspaceBytes(long rows, int outputs, int inputs)
    {
        int most = 1;
        foreach ((_, int tileRows, int tileColumns, int residents) in Tiles)
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

    // Whole slices.
    private static int InputsOf(int parts, int inputs) => (inputs + parts * Depth - 1) / (parts * Depth) * Depth;

    private static int MaximumParts(double tiles, int residents, int inputs, int multiprocessors)
    {
        double places = Math.Min(multiprocessors, MostMultiprocessors) * residents;
        return Math.Max(1, Math.Min((int)Math.Min(places / tiles, MostParts), inputs / LeastPartInputs));
    }
}
