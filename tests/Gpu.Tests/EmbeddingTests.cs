using CogVideoX.Tensors;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>Rows of a table on a portable device: tables of every stored type, widths of every pack.</summary>
public sealed class EmbeddingPortableTests
{
    [Theory]
    [MemberData(nameof(Portable.EachType), MemberType = typeof(Portable))]
    public void AgreesWithTheDefinition(string type)
    {
        using var portable = new Portable(type);
        foreach (int width in (int[])[1, 6, 40])
        {
            foreach (DType table in (DType[])[DType.F32, DType.BF16, DType.F16])
            {
                portable.Agrees($"embedding {width} {table}", (ops, inputs) => ops.Embedding(
                    [4, 0, 4, 2, 1, 3], [2, 3], inputs.Of([5, width], table)));
            }
        }
        portable.Agrees("embedding none", (ops, inputs) => ops.Embedding([], [0], inputs.Of([5, 4], DType.F32)));
    }

    [Fact]
    public void ReadsEveryNumberOfEightBits()
    {
        using var portable = new Portable("F32", tolerance: 0);
        foreach (DType table in (DType[])[DType.F8E4M3, DType.F8E5M2])
        {
            // All but infinities and NaN, which no comparison of sums takes.
            byte[] bits = [.. Enumerable.Range(0, 256).Where(b => (b & 0x7F) < 0x7C).Select(b => (byte)b)];
            portable.Agrees($"embedding {table}", (ops, _) => ops.Embedding([1, 0, 2], [3], ops.FromHost(bits, [4, 62], table)));
        }
    }
}
