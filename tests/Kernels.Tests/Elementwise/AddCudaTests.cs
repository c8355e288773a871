using CogVideoX.Emulator;
using CogVideoX.Kernels.Tests.Cuda;

namespace CogVideoX.Kernels.Tests;

/// <summary>Sums by our compiler's kernel: bit by bit those of the definition, one sum in fp32.</summary>
public sealed class AddCudaTests
{
    private const ElementFormat F32 = ElementFormat.F32, BF16 = ElementFormat.BF16, F16 = ElementFormat.F16;

    [Theory]
    [InlineData(1, 8)]
    [InlineData(3, 24)]
    [InlineData(1, 8192)]
    [InlineData(5, 1928)]
    public void EachType(int rows, int width)
    {
        foreach (ElementFormat type in new[] { BF16, F16 })
        {
            foreach (ElementFormat added in new[] { F32, BF16, F16 })
                Assert.Equal(0, CudaForm.Compare(operands => Make(operands, type, added, rows, width)).Error);
        }
    }

    [Fact]
    public void LeavesTheRest()
    {
        Assert.True(CudaForm.Takes(operands => Make(operands, BF16, F32, 2, 16)));
        Assert.False(CudaForm.Takes(operands => Make(operands, F32, F32, 2, 16)));
        Assert.False(CudaForm.Takes(operands => Make(operands, BF16, F32, 2, 12)));
        Assert.False(CudaForm.Takes(operands => Make(operands, BF16, F32, 2, 16, skipped: 1)));
        Assert.False(CudaForm.Takes(operands => Make(operands, BF16, null, 2, 16)));
        Assert.False(CudaForm.Takes(operands => Make(operands, BF16, BF16, 0, 16)));
    }

    [Fact]
    public void CostsWhatTheTableSays()
    {
        (Type kernel, LaunchReport report) = Assert.Single(CudaForm.Compare(operands => Make(operands, BF16, BF16, 2, 32_768)).Launches);
        CountTable.Check("add_2x32768", kernel, report);
    }

    // Memory is that of a row at least; what is added has 8 bits where it has no format.
    private static Add Make(Operands operands, ElementFormat type, ElementFormat? added, int rows, int width, int skipped = 0)
    {
        var random = new Random(1);
        long count = (long)Math.Max(1, rows) * width;
        Elements b = added is { } format ? operands.Random(format, width, random) : operands.Float8(width, random, scale: null);
        return new(operands.Random(type, count, random, skipped), b, operands.Result(type, count), rows, width);
    }
}
