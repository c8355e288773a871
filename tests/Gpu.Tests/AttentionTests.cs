using CogVideoX.Tensors;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>The portable attention against its definition.</summary>
public sealed class AttentionPortableTests
{
    [Theory]
    [InlineData("F32", 5, 7, 8)]
    public void Small(string type, int queries, int keys, int width)
    {
        Assert.True(DType.TryParse(type, out DType activations));
        PortableTests.Compare(activations, 1e-6, (ops, random) => ops.Attention(
            ops.Cast(PortableTests.Random(ops, random, [1, queries, 2, width]), activations),
            ops.Cast(PortableTests.Random(ops, random, [1, keys, 2, width]), activations),
            ops.Cast(PortableTests.Random(ops, random, [1, keys, 2, width]), activations)));
    }
}
