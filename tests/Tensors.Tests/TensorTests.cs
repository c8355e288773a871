namespace CogVideoX.Tensors.Tests;

public sealed class TensorTests
{
    [Fact]
    public void ReshapeAndRowsAreViews()
    {
        using Ops ops = Ops.OnCpu(1);
        Tensor tensor = ops.FromHost([1f, 2, 3, 4, 5, 6], [3, 2]);
        Assert.Equal([3, 4, 5, 6], tensor.Rows(1, 2).ToFloats());
        Assert.Equal([4, 5, 6], tensor.Reshape([2, 3]).Rows(1, 1).ToFloats());
        tensor.Rows(2, 1).AsSpan<float>()[0] = 9;
        Assert.Equal([1, 2, 3, 4, 9, 6], tensor.ToFloats());
    }

    [Fact]
    public void RefusesWhatItIsNot()
    {
        using Ops ops = Ops.OnCpu(1);
        Tensor tensor = ops.Empty([3, 2]);
        Assert.Contains("6 elements against 4", Assert.Throws<TensorException>(() => tensor.Reshape([4])).Message);
        Assert.Throws<TensorException>(() => tensor.Rows(2, 2));
        Assert.Throws<TensorException>(() => tensor.Rows(-1, 1));
        Assert.Contains("4 bytes", Assert.Throws<TensorException>(() => tensor.AsSpan<double>().Length).Message);
        Assert.Throws<TensorException>(() => default(Tensor).IsOnHost);
        Assert.Contains("I32", Assert.Throws<TensorException>(() => ops.Silu(ops.FromHost([1, 2], [2]))).Message);
        Assert.Contains("3 values", Assert.Throws<TensorException>(() => ops.FromHost([1f, 2, 3], [2])).Message);
    }

    [Fact]
    public void SameElementsAreTheSameBits()
    {
        using Ops ops = Ops.OnCpu(1);
        Tensor tensor = ops.FromHost([1f, float.NaN, 0], [3]);
        Assert.True(tensor.HasSameElements(ops.FromHost([1f, float.NaN, 0], [3])));
        Assert.False(tensor.HasSameElements(ops.FromHost([1f, float.NaN, -0f], [3])));
        Assert.False(tensor.HasSameElements(ops.FromHost([1f, float.NaN, 0], [3, 1])));
        Assert.False(ops.FromHost([0f], [1]).HasSameElements(ops.FromHost([0], [1])));
        using Ops dry = Ops.Planning();
        Assert.Throws<TensorException>(() => tensor.HasSameElements(dry.Empty([3])));
    }

    [Fact]
    public void TypesAreFoundByTheirNames()
    {
        foreach (DType type in DType.All)
        {
            Assert.True(DType.TryParse(type.Name, out DType found));
            Assert.Equal(type, found);
        }
        Assert.Equal(15, DType.All.Count());
        Assert.False(DType.TryParse("F4", out _));
        Assert.Contains("BF16", Assert.Throws<TensorException>(() => DType.I64.Format).Message);
    }
}
