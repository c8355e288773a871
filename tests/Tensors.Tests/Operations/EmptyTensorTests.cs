using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Operations;

/// <summary>Each operation with a size of 0 in every place where it means something, and a refusal where it doesn't.</summary>
public sealed class EmptyTensorTests
{
    private static readonly DType[] WeightTypes = [DType.F32, DType.BF16, DType.F16, DType.F8E4M3];

    [Theory]
    [ClassData(typeof(EachDevice))]
    public void ElementsAndRows(string device)
    {
        using Ops ops = EachDevice.Open(device);
        foreach (Shape shape in new Shape[] { [0], [0, 4], [3, 0], [2, 0, 4] })
        {
            Tensor x = ops.Empty(shape), weight = ops.Empty([shape[-1]]);
            IsEmpty(shape, ops.Silu(x));
            IsEmpty(shape, ops.Gelu(x, tanh: true));
            IsEmpty(shape, ops.Gelu(x, tanh: false));
            IsEmpty(shape, ops.Scale(x, 2));
            IsEmpty(shape, ops.Add(x, x));
            IsEmpty(shape, ops.Add(x, weight));
            IsEmpty(shape, ops.LinearCombination((1, x), (2, x), (3, x), (4, x)));
            IsEmpty(shape, ops.Softmax(x));
            IsEmpty(shape, ops.LayerNorm(x, weight, weight, 1e-5f));
            IsEmpty(shape, ops.RmsNorm(x, weight, 1e-6f));
        }
    }

    [Theory]
    [ClassData(typeof(EachDevice))]
    public void Products(string device)
    {
        using Ops ops = EachDevice.Open(device);
        foreach ((int batch, int tokens, int outputs) in new[] { (0, 3, 5), (2, 0, 5), (2, 3, 0), (2, 30, 0), (0, 0, 0) })
        {
            Shape result = [batch, tokens, outputs];
            Tensor x = ops.Empty([batch, tokens, 7]), residual = ops.Empty(result);
            Tensor modulation = ops.Empty([batch, 6 * outputs]), bias = ops.Empty([outputs]);
            foreach (DType type in WeightTypes)
            {
                Tensor weight = ops.Memory.Empty([outputs, 7], type);
                IsEmpty(result, ops.Linear(x, weight, bias, Activation.GeluTanh));
                IsEmpty(result, ops.LinearTriple(x, (weight, bias), (weight, bias), (weight, default)).Third);
                IsEmpty(result, ops.LinearResidual(x, weight, bias, residual));
                IsEmpty(result, ops.LinearGatedGelu(x, weight, weight));
                if (outputs > 0)
                    IsEmpty(result, ops.LinearGatedResidual(x, weight, bias, residual, modulation, 0, 1, tokens));
            }
        }
        Refuses(() => ops.Linear(ops.Empty([2, 0]), ops.Empty([3, 0])));
    }

    [Theory]
    [ClassData(typeof(EachDevice))]
    public void Heads(string device)
    {
        using Ops ops = EachDevice.Open(device);
        foreach (Shape shape in new Shape[] { [0, 3, 2, 8], [2, 0, 2, 8], [2, 3, 0, 8] })
        {
            Tensor q = ops.Empty(shape), k = ops.Empty(shape.With(1, 5)), bias = ops.Empty([shape[0], shape[2], shape[1], 5]);
            IsEmpty(shape, ops.Attention(q, k, k));
            IsEmpty(shape, ops.Attention(q, k, k, bias));
        }
        foreach (Shape shape in new Shape[] { [0, 3, 2, 8], [2, 0, 2, 8], [2, 3, 0, 8], [2, 3, 2, 0] })
        {
            Tensor x = ops.Empty(shape), weight = ops.Empty([shape[3]]);
            Tensor none = ops.Empty([0, shape[3]]), all = ops.Empty([shape[1], shape[3]]);
            IsEmpty(shape, ops.QkNormRope(x, weight, weight, 1e-6f));
            IsEmpty(shape, ops.QkNormRope(x, weight, default, 1e-6f, all, all));
            IsEmpty(shape, ops.QkNormRope(x, default, default, 1e-6f, none, none, shape[1]));
        }
        Refuses(() => ops.Attention(ops.Empty([1, 2, 1, 8]), ops.Empty([1, 0, 1, 8]), ops.Empty([1, 0, 1, 8])));
        Refuses(() => ops.Attention(ops.Empty([1, 2, 1, 0]), ops.Empty([1, 2, 1, 0]), ops.Empty([1, 2, 1, 0])));
    }

    [Theory]
    [ClassData(typeof(EachDevice))]
    public void Movements(string device)
    {
        using Ops ops = EachDevice.Open(device);
        foreach (Shape shape in new Shape[] { [0, 2, 3], [2, 0, 3], [2, 3, 0], [0, 0, 0] })
        {
            Tensor x = ops.Empty(shape);
            IsEmpty([shape[2], shape[0], shape[1]], ops.Permute(x, [2, 0, 1]));
            IsEmpty(shape, ops.Permute(x, [0, 1, 2]));
            IsEmpty(shape.With(1, 2 * shape[1]), ops.Concat(x, x, 1));
            IsEmpty(shape, ops.Slice(x, 0, 0, shape[0]));
            for (int dimension = 0; dimension < 3; dimension++)
                IsEmpty(shape, ops.Blend(x, x, dimension, 2));
            IsEmpty([.. shape, 4], ops.Embedding([], shape, ops.Empty([6, 4])));
        }
        Tensor one = ops.FromHost([1f, 2], [2]), nothing = ops.Empty([0]);
        Assert.Equal([1, 2], ops.Concat(nothing, one, 0).ToFloats());
        Assert.Equal([1, 2], ops.Concat(one, nothing, 0).ToFloats());
        Assert.Equal([1, 2], ops.Blend(nothing, one, 0, 5).ToFloats());
        IsEmpty([0], ops.Slice(one, 0, 2, 0));
        IsEmpty([2, 0], ops.Embedding([1, 0], [2], ops.Empty([2, 0])));
        IsEmpty([0, 3], ops.Embedding([], [0], ops.Empty([0, 3])));
        IsEmpty([0, 2, 3], ops.AverageFramePairs(ops.Empty([0, 4, 3])));
        IsEmpty([2, 3, 0], ops.AverageFramePairs(ops.Empty([2, 5, 0])));
    }

    // A video without pixels has no mean, and a convolution without outputs no weight.
    [Theory]
    [ClassData(typeof(EachDevice))]
    public void VideosAreRefused(string device)
    {
        using Ops ops = EachDevice.Open(device);
        Tensor weight = ops.Empty([4, 8, 3, 3, 3]), vector = ops.Empty([8]), map = ops.Empty([1, 2, 2, 2, 8]);
        for (int dimension = 0; dimension < 5; dimension++)
        {
            Tensor x = ops.Empty(map.Shape.With(dimension, 0));
            Refuses(() => ops.CausalConv3d(x, weight));
            Refuses(() => ops.ConvHistory(x, default, 1));
            Refuses(() => ops.GroupNorm(x, vector, vector, 2, 1e-6f, silu: true));
            Refuses(() => ops.SpatialGroupNorm(x, vector, vector, 2, 1e-6f, map, map, silu: true));
            Refuses(() => ops.SpatialGroupNorm(map, vector, vector, 2, 1e-6f, x, x, silu: true));
            Refuses(() => ops.UpsampleNearest(x, time: true));
        }
        for (int dimension = 0; dimension < 5; dimension++)
            Refuses(() => ops.CausalConv3d(map, ops.Empty(weight.Shape.With(dimension, 0))));
        for (int dimension = 0; dimension < 3; dimension++)
        {
            Tensor x = ops.Empty(new Shape(2, 3, 8).With(dimension, 0));
            Refuses(() => ops.ModulatedLayerNorm(x, default, default, 1e-5f, ops.Empty([x.Shape[0], 6 * x.Shape[2]]), 0, 1, 2, 3, 0));
        }
        IsEmpty([1, 0, 2, 2, 8], ops.ConvHistory(map, default, 0));
    }

    private static void IsEmpty(Shape shape, Tensor result)
    {
        Assert.Equal(shape, result.Shape);
        Assert.Equal(0, result.Count);
    }

    private static void Refuses(Func<Tensor> call) => Assert.Throws<TensorException>(() => { call(); });
}
