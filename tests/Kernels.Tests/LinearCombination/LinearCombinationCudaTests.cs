using CogVideoX.Emulator;
using CogVideoX.Kernels.Tests.Cuda;

namespace CogVideoX.Kernels.Tests;

/// <summary>Sums of terms by our compiler's kernel: bit by bit those of the definition, each product rounded to fp32.</summary>
public sealed class LinearCombinationCudaTests
{
    private const ElementFormat F32 = ElementFormat.F32, BF16 = ElementFormat.BF16, F16 = ElementFormat.F16;

    private static readonly float[] Factors = [1.3f, -0.7f, 6, -1];

    // Within a CTA's numbers, all of them, some more; counts that no four divides.
    [Theory]
    [InlineData(1)]
    [InlineData(2045)]
    [InlineData(4096)]
    [InlineData(8195)]
    public void EachCount(int count)
    {
        foreach (ElementFormat type in new[] { F32, BF16, F16 })
        {
            for (int terms = 1; terms <= 4; terms++)
                Assert.Equal(0, CudaForm.Compare(operands => Make(operands, [.. Enumerable.Repeat(type, terms)], type, count)).Error);
        }
        Assert.Equal(0, CudaForm.Compare(operands => Make(operands, [F32, BF16, F16], F32, count)).Error);
    }

    [Fact]
    public void LeavesTheRest()
    {
        Assert.True(CudaForm.Takes(operands => Make(operands, [F32, F32], F32, 9)));
        Assert.False(CudaForm.Takes(operands => Make(operands, [F32, F32], F32, 9, skipped: 1)));
        Assert.False(CudaForm.Takes(operands => Make(operands, [F32], ElementFormat.F8E4M3, 9)));
        Assert.False(CudaForm.Takes(operands => new LinearCombination(new LinearTerms(), operands.Result(F32, 8), 0)));
        Assert.False(CudaForm.Takes(operands =>
        {
            var terms = new LinearTerms();
            terms.Add(new LinearTerm(1, operands.Float8(9, new Random(1), scale: null)));
            return new LinearCombination(terms, operands.Result(F32, 9), 9);
        }));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void CostsWhatTheTableSays(int terms)
    {
        (Type kernel, LaunchReport report) = Assert.Single(CudaForm.Compare(
            operands => Make(operands, [.. Enumerable.Repeat(F32, terms)], F32, 65_536)).Launches);
        CountTable.Check($"linear_combination_{terms}x65536", kernel, report);
    }

    private static LinearCombination Make(Operands operands, ElementFormat[] types, ElementFormat result, int count, int skipped = 0)
    {
        var random = new Random(1);
        var terms = new LinearTerms();
        foreach ((int i, ElementFormat type) in types.Index())
            terms.Add(new LinearTerm(Factors[i], operands.Random(type, count, random, skipped)));
        return new(terms, operands.Result(result, count), count);
    }
}
