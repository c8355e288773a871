using CogVideoX.Kernels;

namespace CogVideoX.Tensors;

public sealed partial class Ops
{
    /// <summary>The dimensions in another order, as a copy.</summary>
    /// <param name="x">Up to 8 dimensions, any type.</param>
    /// <param name="order">For each dimension of the result, which one of <paramref name="x"/> it is.</param>
    /// <returns>A tensor with size order[i] of <paramref name="x"/> in dimension i.</returns>
    /// <exception cref="TensorException">The order isn't a permutation of the dimensions.</exception>
    public unsafe Tensor Permute(Tensor x, ReadOnlySpan<int> order)
    {
        int rank = x.Shape.Rank;
        Span<int> sizes = stackalloc int[Shape.MaxRank], result = stackalloc int[Shape.MaxRank];
        x.Shape.CopyTo(sizes);
        for (int i = 0; i < rank; i++)
        {
            Check(
                order.Length == rank && order.Contains(i), "permute",
                $"the order [{string.Join(", ", order.ToArray())}] must name each dimension of {x.Shape} once, from 0 to {rank - 1}.");
            result[i] = sizes[order[i]];
        }
        Tensor y = Memory.Empty(new Shape(result[..rank]), x.Type);
        Run(new Permute(x.Address, y.Address, new PermutePlan(sizes[..rank], order), x.LoneElementBytes));
        return y;
    }
}
