using CogVideoX.Kernels;

namespace CogVideoX.Tensors;

public sealed partial class Ops
{
    /// <summary>
    /// The tile <paramref name="after"/>, its first rows along a dimension faded from the last rows of the tile before it.
    /// </summary>
    /// <param name="before">As <paramref name="after"/>, but for the size of that dimension</param>
    /// <param name="after">[…]</param>
    /// <param name="dimension">Along which the tiles overlap.</param>
    /// <param name="extent">Rows of the overlap; where a tile is smaller, its size.</param>
    /// <returns>The shape of <paramref name="after"/>.</returns>
    /// <exception cref="TensorException">The shapes differ in another dimension.</exception>
    public unsafe Tensor Blend(Tensor before, Tensor after, int dimension, int extent)
    {
        Shape shape = after.Shape;
        int along = shape.Index(dimension);
        Check(
            before.Shape.Rank == shape.Rank && before.Shape.With(along, shape[along]) == shape, "blend",
            $"tiles {before.Shape} and {shape} differ beside dimension {along}.");
        int overlap = Math.Min(extent, Math.Min(before.Shape[along], shape[along]));
        Tensor y = Memory.Empty(shape, after.Type);
        long outer = shape.Product(0, along), inner = shape.Product(along + 1, shape.Rank);
        Run(new Blend(
            Operand("blend", before), Operand("blend", after), y.Elements, outer, before.Shape[along], shape[along], inner, overlap));
        return y;
    }
}
