using CogVideoX.Kernels;

namespace CogVideoX.Tensors;

public sealed partial class Ops
{
    /// <summary>Two tensors one behind the other along a dimension.</summary>
    /// <param name="a">[…, m, …]</param>
    /// <param name="b">[…, n, …], of the same type</param>
    /// <param name="dimension">Which dimension; negative numbers count from the last.</param>
    /// <returns>[…, m + n, …]</returns>
    /// <exception cref="TensorException">The types, or the sizes of another dimension, differ.</exception>
    public Tensor Concat(Tensor a, Tensor b, int dimension)
    {
        int at = a.Shape.Index(dimension);
        Check(
            a.Type == b.Type && a.Shape.Rank == b.Shape.Rank && a.Shape.With(at, b.Shape[at]) == b.Shape, "concat",
            $"{a} and {b} can't be joined along dimension {dimension}; type and all other sizes must be equal.");
        Check(a.Shape[at] <= int.MaxValue - b.Shape[at], "concat", $"{a} and {b} together are larger than a dimension may be.");
        Tensor result = Memory.Empty(a.Shape.With(at, a.Shape[at] + b.Shape[at]), a.Type);
        long rows = a.Shape.Product(0, at), m = a.Shape.Product(at, a.Shape.Rank), n = b.Shape.Product(at, b.Shape.Rank);
        CopyBlocks(a, 0, result, 0, rows, m, m, m + n);
        CopyBlocks(b, 0, result, m, rows, n, n, m + n);
        return result;
    }

    /// <summary>A part of a dimension, as a copy. (<see cref="Tensor.Rows"/> gives a view, of the outermost dimension.)</summary>
    /// <param name="x">[…, n, …]</param>
    /// <param name="dimension">Which dimension; negative numbers count from the last.</param>
    /// <param name="start">The first index kept.</param>
    /// <param name="count">How many are kept.</param>
    /// <returns>[…, count, …]</returns>
    /// <exception cref="TensorException">The part leaves the tensor.</exception>
    public Tensor Slice(Tensor x, int dimension, int start, int count)
    {
        int at = x.Shape.Index(dimension);
        Check(
            start >= 0 && count >= 0 && start <= x.Shape[at] - count, "slice",
            $"{start} … {start + (long)count - 1} leave dimension {dimension} of {x.Shape}; it has {x.Shape[at]}.");
        Tensor result = Memory.Empty(x.Shape.With(at, count), x.Type);
        long inner = x.Shape.Product(at + 1, x.Shape.Rank);
        CopyBlocks(x, start * inner, result, 0, x.Shape.Product(0, at), count * inner, x.Shape[at] * inner, count * inner);
        return result;
    }

    // All in elements.
    private unsafe void CopyBlocks(
        Tensor source, long sourceOffset, Tensor target, long targetOffset, long blocks, long block, long sourceStride, long targetStride)
    {
        int element = source.LoneElementBytes;
        Run(new StridedCopy(
            source.Address + sourceOffset * element, target.Address + targetOffset * element,
            block == 0 ? 0 : blocks, block * element, sourceStride * element, targetStride * element));
    }
}
