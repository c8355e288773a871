using System.Runtime.CompilerServices;

namespace CogVideoX.Tensors;

/// <summary>The sizes of a tensor's dimensions, outermost first; at most <see cref="MaxRank"/> of them. Rank 0 is a scalar.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>
{
    /// <summary>The most dimensions that a tensor may have.</summary>
    public const int MaxRank = 8;

    private readonly Sizes sizes;

    /// <exception cref="TensorException">Too many dimensions, a negative size, or more elements than 2⁶³ − 1.</exception>
    public Shape(params ReadOnlySpan<int> sizes)
    {
        if (sizes.Length > MaxRank)
            throw new TensorException($"A tensor has at most {MaxRank} dimensions, not {sizes.Length}.");
        Rank = sizes.Length;
        bool isEmpty = false;
        long count = 1; // a size of 0 counted as 1, so that no product of some of the sizes overflows
        for (int i = 0; i < sizes.Length; i++)
        {
            if (sizes[i] < 0)
                throw new TensorException($"Dimension {i} has the negative size {sizes[i]}.");
            this.sizes[i] = sizes[i];
            isEmpty |= sizes[i] == 0;
            count = CheckedProduct(count, Math.Max(1, sizes[i]));
        }
        Count = isEmpty ? 0 : count;
    }

    /// <summary>How many dimensions.</summary>
    public int Rank { get; }

    /// <summary>How many elements.</summary>
    public long Count { get; }

    /// <summary>The size of a dimension; negative numbers count from the last one, which is −1.</summary>
    public int this[int dimension] => sizes[Index(dimension)];

    /// <summary>For collection expressions: <c>Shape s = [2, 3];</c></summary>
    public static Shape Create(ReadOnlySpan<int> sizes) => new(sizes);

    /// <summary>Dimension number from 0, for one that may count from the end.</summary>
    /// <exception cref="TensorException">No such dimension.</exception>
    public int Index(int dimension)
    {
        int index = dimension < 0 ? dimension + Rank : dimension;
        if ((uint)index >= (uint)Rank)
            throw new TensorException($"{this} has no dimension {dimension}.");
        return index;
    }

    /// <summary>The product of the sizes of dimensions <paramref name="first"/> … <paramref name="end"/> − 1.</summary>
    public long Product(int first, int end)
    {
        long product = 1;
        for (int i = first; i < end; i++)
            product *= sizes[i];
        return product;
    }

    /// <summary>The same shape with one size replaced.</summary>
    public Shape With(int dimension, int size)
    {
        Span<int> copy = stackalloc int[MaxRank];
        CopyTo(copy);
        copy[Index(dimension)] = size;
        return new Shape(copy[..Rank]);
    }

    /// <summary>Writes the sizes to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<int> destination) => ((ReadOnlySpan<int>)sizes)[..Rank].CopyTo(destination);

    /// <summary>For <c>foreach</c>.</summary>
    public IEnumerator<int> GetEnumerator()
    {
        for (int i = 0; i < Rank; i++)
            yield return sizes[i];
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) => Rank == other.Rank && ((ReadOnlySpan<int>)sizes).SequenceEqual(other.sizes);

    /// <inheritdoc/>
    public override bool Equals(object? other) => other is Shape shape && Equals(shape);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Rank, Count);

    /// <summary>Such as <c>[2, 226, 4096]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", ((ReadOnlySpan<int>)sizes)[..Rank].ToArray())}]";

    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    private static long CheckedProduct(long count, int size)
    {
        try
        {
            return checked(count * size);
        }
        catch (OverflowException)
        {
            throw new TensorException("A tensor's number of elements overflows 64 bits.");
        }
    }

    [InlineArray(MaxRank)]
    private struct Sizes
    {
        private int first;
    }
}
