using CogVideoX.Emulator;
using CogVideoX.Kernels.Tests.Cuda;

namespace CogVideoX.Kernels.Tests;

/// <summary>Tiles that fade into each other by our compiler's kernel.</summary>
public sealed class BlendCudaTests
{
    private const ElementFormat F32 = ElementFormat.F32, BF16 = ElementFormat.BF16, F16 = ElementFormat.F16;

    // Nothing fades, some rows, all; rows of eights that end within a CTA's, and beyond. Halves, quarters and eighths are exact.
    [Theory]
    [InlineData(1, 3, 5, 8, 0)]
    [InlineData(2, 3, 5, 24, 2)]
    [InlineData(3, 8, 8, 16, 8)]
    [InlineData(2, 5, 7, 1200, 4)]
    public void ExactShares(int outer, int before, int after, int inner, int extent)
    {
        foreach (ElementFormat type in new[] { BF16, F16 })
            Assert.Equal(0, CudaForm.Compare(operands => Make(operands, type, outer, before, after, inner, extent)).Error);
    }

    // (2b + a)/3 often lies half-way between two numbers of 16 bits, and may go either way: half a unit of each number at most.
    [Theory]
    [InlineData(3, 6, 5, 16, 5)]
    [InlineData(2, 4, 7, 1200, 3)]
    public void OtherShares(int outer, int before, int after, int inner, int extent)
    {
        foreach (ElementFormat type in new[] { BF16, F16 })
        {
            double error = CudaForm.Compare(operands => Make(operands, type, outer, before, after, inner, extent)).Error;
            Assert.InRange(error, 0, Math.Pow(2, type == BF16 ? -8 : -11));
        }
    }

    [Fact]
    public void LeavesTheRest()
    {
        Assert.True(CudaForm.Takes(operands => Make(operands, BF16, 1, 3, 5, 8, 2)));
        Assert.False(CudaForm.Takes(operands => Make(operands, F32, 1, 3, 5, 8, 2)));
        Assert.False(CudaForm.Takes(operands => Make(operands, BF16, 1, 3, 5, 12, 2)));
        Assert.False(CudaForm.Takes(operands => Make(operands, BF16, 1, 3, 5, 8, 2, skipped: 1)));
        Assert.False(CudaForm.Takes(operands => Make(operands, BF16, 0, 3, 5, 8, 2)));
    }

    [Fact]
    public void CostsWhatTheTableSays()
    {
        (Type kernel, LaunchReport report) = Assert.Single(CudaForm.Compare(operands => Make(operands, BF16, 2, 8, 16, 2048, 8)).Launches);
        CountTable.Check("blend_2x16x2048", kernel, report);
    }

    private static Blend Make(
        Operands operands, ElementFormat type, int outer, int before, int after, int inner, int extent, int skipped = 0)
    {
        var random = new Random(1);
        long block = (long)Math.Max(1, outer) * inner; // memory for one at least
        return new(
            operands.Random(type, block * before, random, skipped), operands.Random(type, block * after, random),
            operands.Result(type, block * after), outer, before, after, inner, extent);
    }
}
