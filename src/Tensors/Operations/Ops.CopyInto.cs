namespace CogVideoX.Tensors;

public sealed partial class Ops
{
    /// <summary>
    /// Writes a part of one tensor into another, in place: what is put together from pieces needs no more memory than it has in the end.
    /// The one operation that changes an argument.
    /// </summary>
    /// <param name="source">[…, m, …]</param>
    /// <param name="target">[…, n, …], of the same type; not a tensor of a mapped file</param>
    /// <param name="dimension">Which dimension; negative numbers count from the last.</param>
    /// <param name="start">Where in the target the first row goes.</param>
    /// <param name="count">How many rows are written, the source's first; null for all of them.</param>
    /// <exception cref="TensorException">The types, or the sizes of another dimension, differ; or the rows leave a tensor.</exception>
    public void CopyInto(Tensor source, Tensor target, int dimension, int start, int? count = null)
    {
        int at = target.Shape.Index(dimension);
        Check(
            source.Type == target.Type && source.Shape.Rank == target.Shape.Rank
                && source.Shape.With(at, target.Shape[at]) == target.Shape,
            "copy_into", $"{source} can't be written into {target} along dimension {dimension}; type and all other sizes must be equal.");
        int rows = count ?? source.Shape[at];
        Check(
            rows >= 0 && rows <= source.Shape[at] && start >= 0 && start <= target.Shape[at] - rows, "copy_into",
            $"{rows} of {source.Shape[at]} rows don't fit from {start} on into the {target.Shape[at]} of the target.");
        Check(!target.Buffer.IsReadOnly, "copy_into", $"{target} lies in a mapped file, which can't be written to.");
        long inner = target.Shape.Product(at + 1, target.Shape.Rank), blocks = target.Shape.Product(0, at);
        CopyBlocks(source, 0, target, start * inner, blocks, rows * inner, source.Shape[at] * inner, target.Shape[at] * inner);
    }
}
