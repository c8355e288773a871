namespace CogVideoX.Sampling;

/// <summary>
/// One of the rows of a batch that a single generator serves: numbers are drawn for all of them, and those of the others are let go. So a
/// row can be computed by itself, with the numbers that it has in the batch.
/// </summary>
/// <param name="Index">Which, from 0.</param>
/// <param name="Count">Rows of the batch.</param>
public readonly record struct BatchRow(int Index, int Count)
{
    /// <summary>A row that is alone.</summary>
    public static BatchRow Single => new(0, 1);
}
