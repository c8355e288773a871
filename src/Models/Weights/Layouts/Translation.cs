using CogVideoX.Tensors.Files;

namespace CogVideoX.Models.Weights.Layouts;

/// <summary>Where a tensor lies in a file of another layout: rows of stored tensors, put one below the other.</summary>
/// <param name="Info">Its type and shape, as they are seen.</param>
/// <param name="Rows">Of which tensors. What lies in one range is a view; of several a copy is made.</param>
internal sealed record Translation(TensorInfo Info, IReadOnlyList<StoredRows> Rows)
{
    /// <summary>The stored tensor with the factors of its elements; null where they are what they are.</summary>
    public string? Factors { get; init; }

    /// <summary>A tensor that has another name and is the same otherwise.</summary>
    public static Translation Whole(string stored, TensorInfo info) =>
        new(info, [new StoredRows(stored, 0, info.Shape.Rank == 0 ? 1 : info.Shape[0])]);
}

/// <summary>Rows of a stored tensor; one without dimensions has one row.</summary>
/// <param name="Stored">Its name in the file.</param>
/// <param name="Start">The first of them.</param>
/// <param name="Count">How many.</param>
internal readonly record struct StoredRows(string Stored, int Start, int Count);
