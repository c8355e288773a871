using CogVideoX.Emulator;
using CogVideoX.Kernels.Tests.Cuda;

namespace CogVideoX.Kernels.Tests;

/// <summary>Casts by our compiler's kernel: each pair of formats, counts that end within a CTA's numbers.</summary>
public sealed class CastCudaTests
{
    private const ElementFormat F32 = ElementFormat.F32, BF16 = ElementFormat.BF16, F16 = ElementFormat.F16;

    [Theory]
    [InlineData(1)]
    [InlineData(2045)]
    [InlineData(4096)]
    [InlineData(8195)]
    public void EachPair(int count)
    {
        foreach (ElementFormat from in new[] { F32, BF16, F16 })
        {
            foreach (ElementFormat to in new[] { F32, BF16, F16 })
                Assert.Equal(0, CudaForm.Compare(operands => Make(operands, from, to, count)).Error);
        }
    }

    [Fact]
    public void LeavesTheRest()
    {
        Assert.True(CudaForm.Takes(operands => Make(operands, BF16, F32, 9)));
        Assert.False(CudaForm.Takes(operands => Make(operands, F32, ElementFormat.F8E4M3, 9)));
        Assert.False(CudaForm.Takes(operands => Make(operands, BF16, F32, 9, skipped: 1)));
    }

    [Theory]
    [InlineData(BF16, F32)]
    [InlineData(F32, BF16)]
    public void CostsWhatTheTableSays(ElementFormat from, ElementFormat to)
    {
        (Type kernel, LaunchReport report) = Assert.Single(CudaForm.Compare(operands => Make(operands, from, to, 65_536)).Launches);
        CountTable.Check($"cast_{from}_{to}_65536", kernel, report);
    }

    private static Cast Make(Operands operands, ElementFormat from, ElementFormat to, int count, int skipped = 0) =>
        new(operands.Random(from, count, new Random(1), skipped), operands.Result(to, count), count);
}
