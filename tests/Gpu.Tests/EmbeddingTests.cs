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

    // A device of portable kernels has such weights widened on their way in (Device.ReadsWeights).
    [Fact]
    public void EightBitsAreRefused()
    {
        using var ops = new Ops(GpuDevices.OpenEmulator());
        Tensor table = ops.FromHost(new byte[8], [2, 4], DType.F8E4M3);
        NotSupportedException thrown = Assert.Throws<NotSupportedException>(() => ops.Embedding([1], [1], table));
        Assert.Equal("The portable kernels compute with F32, BF16 and F16, not with F8E4M3.", thrown.Message);
    }
}
