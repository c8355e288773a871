using CogVideoX.Emulator;
using CogVideoX.Kernels.Tests.Cuda;

namespace CogVideoX.Kernels.Tests;

/// <summary>Root mean square norm by our compiler's kernels.</summary>
public sealed class RmsNormCudaTests
{
    private const ElementFormat F32 = ElementFormat.F32, BF16 = ElementFormat.BF16, F16 = ElementFormat.F16;

    [Theory]
    [InlineData(BF16, 1, 8, BF16)]
    [InlineData(F16, 3, 264, F32)]
    [InlineData(BF16, 130, 64, F16)]
    [InlineData(F16, 5, 3080, F16)]
    [InlineData(BF16, 3, 4096, F32)]
    public void Rows(ElementFormat type, int rows, int width, ElementFormat weight) => Agrees(type, rows, width, weight);

    [Fact]
    public void LeavesTheRest()
    {
        Assert.True(Takes(BF16, 64));
        Assert.False(Takes(F32, 64));
        Assert.False(Takes(BF16, 60));
        Assert.False(Takes(BF16, 4104));
        Assert.False(Takes(BF16, 64, skipped: 1));
    }

    [Fact]
    public void CostsWhatTheTableSays()
    {
        (Type kernel, LaunchReport report) = Agrees(BF16, 64, 4096, BF16);
        CountTable.Check("rms_norm_64x4096", kernel, report);
    }

    // fp32 in all that comes before the result: a sum of squares, a root, two products of 24 bits.
    private static (Type Kernel, LaunchReport Report) Agrees(ElementFormat type, int rows, int width, ElementFormat weight)
    {
        (double error, IReadOnlyList<(Type Kernel, LaunchReport Report)> launches) =
            CudaForm.Compare(operands => Make(operands, type, rows, width, weight, 0));
        double tolerance = RoundedResult.Tolerance(type, (long)rows * width, Math.Pow(2, -22));
        Assert.True(error <= tolerance, $"{type} [{rows}, {width}]: error {error:E2}, allowed {tolerance:E2}");
        return Assert.Single(launches);
    }

    private static bool Takes(ElementFormat type, int width, int skipped = 0) =>
        CudaForm.Takes(operands => Make(operands, type, 2, width, F32, skipped));

    private static RmsNorm Make(Operands operands, ElementFormat type, int rows, int width, ElementFormat weight, int skipped)
    {
        var random = new Random(1);
        long count = (long)rows * width;
        Elements x = operands.Random(type, count, random, skipped), weights = operands.Random(weight, width, random, 0);
        return new RmsNorm(x, weights, operands.Result(type, count), rows, width, 1e-6f);
    }
}
