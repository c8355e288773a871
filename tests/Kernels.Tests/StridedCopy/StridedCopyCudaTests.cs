using CogVideoX.Emulator;
using CogVideoX.Kernels.Tests.Cuda;

namespace CogVideoX.Kernels.Tests;

/// <summary>Blocks by our compiler's kernel, bit by bit; what lies between them stays.</summary>
public sealed class StridedCopyCudaTests
{
    // Blocks, bytes of one, of x and of y to the next: one block; neighbours; gaps; the first repeated; more than a CTA's words.
    [Theory]
    [InlineData(1, 16, 0, 0)]
    [InlineData(3, 48, 48, 48)]
    [InlineData(5, 32, 96, 48)]
    [InlineData(4, 1040, 0, 2080)]
    [InlineData(3, 16_400, 16_400, 32_000)]
    public void EachDistance(int blocks, int bytes, int xStride, int yStride) =>
        Assert.Equal(0, CudaForm.Compare(operands => Make(operands, blocks, bytes, xStride, yStride)).Error);

    [Fact]
    public void LeavesTheRest()
    {
        Assert.True(CudaForm.Takes(operands => Make(operands, 1, 32, 8, 8)));
        Assert.False(CudaForm.Takes(operands => Make(operands, 2, 32, 40, 48)));
        Assert.False(CudaForm.Takes(operands => Make(operands, 2, 32, 48, 40)));
        Assert.False(CudaForm.Takes(operands => Make(operands, 2, 24, 32, 32)));
        Assert.False(CudaForm.Takes(operands => Make(operands, 2, 32, 32, 32, skipped: 1)));
        Assert.False(CudaForm.Takes(operands => Make(operands, 0, 32, 32, 32)));
    }

    [Fact]
    public void CostsWhatTheTableSays()
    {
        (Type kernel, LaunchReport report) =
            Assert.Single(CudaForm.Compare(operands => Make(operands, 4, 32_768, 32_768, 65_536)).Launches);
        CountTable.Check("strided_copy_4x32768", kernel, report);
    }

    private static unsafe StridedCopy Make(Operands operands, int blocks, int bytes, int xStride, int yStride, int skipped = 0)
    {
        const int Size = sizeof(ushort);
        int last = Math.Max(0, blocks - 1);
        long sources = (last * xStride + bytes) / Size, results = (last * yStride + bytes) / Size;
        Elements x = operands.Random(ElementFormat.BF16, sources, new Random(1), skipped);
        Elements y = operands.Show(operands.Random(ElementFormat.BF16, results, new Random(2)), results);
        return new((byte*)x.Address, (byte*)y.Address, blocks, bytes, xStride, yStride);
    }
}
