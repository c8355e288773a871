using CogVideoX.Kernels;

namespace CogVideoX.Tensors;

public sealed partial class Ops
{
    /// <summary>Rows of a table, as activations.</summary>
    /// <param name="ids">Which rows.</param>
    /// <param name="shape">[…]: how the ids are arranged.</param>
    /// <param name="table">[V, D]</param>
    /// <returns>[…, D]</returns>
    /// <exception cref="TensorException">Ids that don't fill the shape, a table of another rank, or an id outside the table.</exception>
    public unsafe Tensor Embedding(ReadOnlySpan<int> ids, Shape shape, Tensor table)
    {
        const string Name = "embedding";
        Check(shape.Rank < Shape.MaxRank, Name, $"ids {shape} have no room for one more dimension; Reshape them.");
        Check(table.Shape.Rank == 2, Name, $"the table is {table.Shape}; it must be [V, D].");
        foreach (int id in ids)
        {
            Check(
                (uint)id < (uint)table.Shape[0], Name,
                $"id {id} is outside the table {table.Shape}, whose rows are 0 … {table.Shape[0] - 1}.");
        }
        Span<int> sizes = stackalloc int[Shape.MaxRank];
        shape.CopyTo(sizes);
        sizes[shape.Rank] = table.Shape[1];
        Tensor y = Memory.Empty(new Shape(sizes[..(shape.Rank + 1)]), ActivationType);
        using MemoryScope scope = Scope();
        Tensor rows = FromHost(ids, shape);
        Run(new Embedding((int*)rows.Address, table.Elements, y.Elements, rows.Count, table.Shape[0], table.Shape[1]));
        return y;
    }
}
