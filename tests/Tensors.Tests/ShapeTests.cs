using FsCheck;
using FsCheck.Fluent;

namespace CogVideoX.Tensors.Tests;

public sealed class ShapeTests
{
    [Fact]
    public void SizesCountAndTextAreThoseGiven() => Check.One(
        Config.QuickThrowOnFailure.WithQuietOnSuccess(true),
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            int[] sizes = [.. bytes.Take(Shape.MaxRank).Select(size => size % 9)];
            var shape = new Shape(sizes);
            return shape.Rank == sizes.Length
                && shape.Count == sizes.Aggregate(1L, (product, size) => product * size)
                && shape.ToString() == $"[{string.Join(", ", sizes)}]"
                && shape == new Shape(sizes)
                && sizes.Select((size, i) => shape[i] == size && shape[i - sizes.Length] == size).All(same => same);
        }));

    [Fact]
    public void WithReplacesOneSize()
    {
        Shape shape = [2, 3, 4];
        Assert.Equal([2, 3, 7], shape.With(-1, 7));
        Assert.NotEqual(shape, shape.With(0, 1));
        Assert.Equal(12, shape.Product(1, 3));
    }

    [Fact]
    public void RefusesWhatNoTensorHas()
    {
        Assert.Contains("-1", Assert.Throws<TensorException>(() => new Shape(2, -1)).Message);
        Assert.Contains("overflows", Assert.Throws<TensorException>(() => new Shape(int.MaxValue, int.MaxValue, int.MaxValue)).Message);
        Assert.Contains("9", Assert.Throws<TensorException>(() => new Shape(1, 1, 1, 1, 1, 1, 1, 1, 1)).Message);
        Assert.Contains("dimension 2", Assert.Throws<TensorException>(() => new Shape(1, 1)[2]).Message);
        Assert.Throws<TensorException>(() => new Shape(1, 1)[-3]);
    }
}
