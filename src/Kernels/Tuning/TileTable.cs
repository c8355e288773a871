namespace CogVideoX.Kernels.Tuning;

/// <summary>
/// Choices of tiles by shape, measured on one card. What isn't in it is left to each operation's own rule, and so is what can't be: a
/// choice is taken only where the rule could have made it.
/// </summary>
internal sealed class TileTable
{
    /// <summary>No choices.</summary>
    public static readonly TileTable Empty = new([]);

    private readonly Dictionary<TileShape, TileChoice> choices;

    /// <param name="choices">Of shapes; each stands for its class.</param>
    public TileTable(IEnumerable<(TileShape Shape, TileChoice Choice)> choices)
    {
        this.choices = [];
        foreach ((TileShape shape, TileChoice choice) in choices)
            this.choices[shape.Class] = choice;
    }

    /// <summary>How many classes of shapes it has.</summary>
    public int Count => choices.Count;

    /// <summary>All choices, by classes.</summary>
    public IEnumerable<(TileShape Class, TileChoice Choice)> All => choices.Select(pair => (pair.Key, pair.Value));

    /// <summary>The choice for a shape; null where there is none.</summary>
    public TileChoice? Find(in TileShape shape) =>
        choices.Count > 0 && choices.TryGetValue(shape.Class, out TileChoice choice) ? choice : null;

    /// <summary>This table, with others' choices in place of its own where both have one.</summary>
    public TileTable With(TileTable others) => new([.. All, .. others.All]);
}
