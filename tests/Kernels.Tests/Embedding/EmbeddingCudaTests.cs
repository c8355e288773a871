using CogVideoX.Emulator;
using CogVideoX.Kernels.Tests.Cuda;

namespace CogVideoX.Kernels.Tests;

/// <summary>Rows of a table by our compiler's kernel: bit by bit those of the definition.</summary>
public sealed class EmbeddingCudaTests
{
    private const ElementFormat F32 = ElementFormat.F32, BF16 = ElementFormat.BF16, F16 = ElementFormat.F16;

    private static readonly int[] Ids = [4, 0, 4, 2, 1, 3];

    // One eight; less than a turn of a CTA and one, a turn, one more.
    [Theory]
    [InlineData(8)]
    [InlineData(264)]
    [InlineData(4096)]
    [InlineData(4104)]
    public void EachPair(int width)
    {
        foreach (ElementFormat table in new[] { F32, BF16, F16 })
        {
            foreach (ElementFormat result in new[] { BF16, F16 })
                Assert.Equal(0, CudaForm.Compare(operands => Make(operands, table, result, width, Ids)).Error);
        }
    }

    [Fact]
    public void LeavesTheRest()
    {
        Assert.True(CudaForm.Takes(operands => Make(operands, BF16, BF16, 16, Ids)));
        Assert.False(CudaForm.Takes(operands => Make(operands, BF16, F32, 16, Ids)));
        Assert.False(CudaForm.Takes(operands => Make(operands, BF16, BF16, 12, Ids)));
        Assert.False(CudaForm.Takes(operands => Make(operands, BF16, BF16, 16, Ids, skipped: 1)));
        Assert.False(CudaForm.Takes(operands => Make(operands, BF16, BF16, 16, Ids, count: 0)));
    }

    [Fact]
    public void CostsWhatTheTableSays()
    {
        int[] ids = [.. Enumerable.Range(0, 16).Select(i => i * 5 % 16)];
        (Type kernel, LaunchReport report) = Assert.Single(CudaForm.Compare(operands => Make(operands, BF16, BF16, 4096, ids)).Launches);
        CountTable.Check("embedding_16x4096", kernel, report);
    }

    private static unsafe Embedding Make(
        Operands operands, ElementFormat table, ElementFormat result, int width, int[] ids, int skipped = 0, int? count = null)
    {
        Elements stored = operands.Of(F32, [.. ids.Select(BitConverter.Int32BitsToSingle)]);
        int rows = ids.Max() + 1;
        return new(
            (int*)stored.Address, operands.Random(table, (long)rows * width, new Random(1), skipped),
            operands.Result(result, (long)ids.Length * width), count ?? ids.Length, rows, width);
    }
}
