using CogVideoX.Emulator;
using CogVideoX.Kernels.Tests.Cuda;

namespace CogVideoX.Kernels.Tests;

/// <summary>Means of pairs of frames by our compiler's kernel: bit by bit those of the definition.</summary>
public sealed class AverageFramePairsCudaTests
{
    private const ElementFormat F32 = ElementFormat.F32, BF16 = ElementFormat.BF16, F16 = ElementFormat.F16;

    [Theory]
    [InlineData(2, 1, 8)]
    [InlineData(2, 5, 24)]
    [InlineData(1, 4, 2056)]
    [InlineData(2, 2, 8192)]
    [InlineData(1, 9, 1024)]
    public void EachNumberOfFrames(int batch, int frames, int inner)
    {
        foreach (ElementFormat type in new[] { BF16, F16 })
            Assert.Equal(0, CudaForm.Compare(operands => Make(operands, type, batch, frames, inner)).Error);
    }

    [Fact]
    public void LeavesTheRest()
    {
        Assert.True(CudaForm.Takes(operands => Make(operands, BF16, 1, 3, 8)));
        Assert.False(CudaForm.Takes(operands => Make(operands, F32, 1, 3, 8)));
        Assert.False(CudaForm.Takes(operands => Make(operands, BF16, 1, 3, 12)));
        Assert.False(CudaForm.Takes(operands => Make(operands, BF16, 1, 3, 8, skipped: 1)));
        Assert.False(CudaForm.Takes(operands => Make(operands, BF16, 0, 3, 8)));
    }

    [Fact]
    public void CostsWhatTheTableSays()
    {
        (Type kernel, LaunchReport report) = Assert.Single(CudaForm.Compare(operands => Make(operands, BF16, 1, 4, 16_384)).Launches);
        CountTable.Check("average_frame_pairs_4x16384", kernel, report);
    }

    // Memory is that of a batch item at least.
    private static AverageFramePairs Make(Operands operands, ElementFormat type, int batch, int frames, int inner, int skipped = 0)
    {
        long count = (long)Math.Max(1, batch) * inner;
        return new(
            operands.Random(type, count * frames, new Random(1), skipped), operands.Result(type, count * ((frames + 1) / 2)), batch, frames,
            inner);
    }
}
