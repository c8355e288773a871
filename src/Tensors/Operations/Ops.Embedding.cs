using CogVideoX.Kernels;

namespace CogVideoX.Tensors;

public sealed partial class Ops
{
    /// <summary>Rows of a table, widened to F32.</summary>
    /// <param name="ids">[…], I32</param>
    /// <param name="table">[V, D]</param>
    /// <returns>[…, D]</returns>
    /// <exception cref="TensorException">Ids of another type, a table of another rank, or an id outside the table.</exception>
    public unsafe Tensor Embedding(Tensor ids, Tensor table)
    {
        const string Name = "embedding";
        Check(ids.Type == DType.I32, Name, $"ids are I32, not {ids.Type} {ids.Shape}.");
        Check(ids.Shape.Rank < Shape.MaxRank, Name, $"ids {ids.Shape} have no room for one more dimension; Reshape them.");
        Check(table.Shape.Rank == 2, Name, $"the table is {table.Shape}; it must be [V, D].");
        if (ids.HoldsData)
        {
            foreach (int id in ids.AsReadOnlySpan<int>())
                Check((uint)id < (uint)table.Shape[0], Name, $"id {id} is outside the table {table.Shape}, whose rows are 0 … {table.Shape[0] - 1}.");
        }
        Check(ids.Count <= int.MaxValue, Name, $"{ids.Shape} are more than 2³¹ − 1 ids.");
        Span<int> sizes = stackalloc int[Shape.MaxRank];
        ids.Shape.CopyTo(sizes);
        sizes[ids.Shape.Rank] = table.Shape[1];
        Tensor y = Empty(new Shape(sizes[..(ids.Shape.Rank + 1)]));
        Run(new Embedding((int*)ids.Address, table.Weight, y.Floats, (int)ids.Count, table.Shape[1]));
        return y;
    }
}
