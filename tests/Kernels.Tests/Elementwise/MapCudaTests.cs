using CogVideoX.Emulator;
using CogVideoX.Kernels.Tests.Cuda;

namespace CogVideoX.Kernels.Tests;

/// <summary>Functions of each number by our compiler's kernels: counts that end within a CTA, numbers of all sizes.</summary>
public sealed class MapCudaTests
{
    private const ElementFormat F32 = ElementFormat.F32, BF16 = ElementFormat.BF16, F16 = ElementFormat.F16;

    [Theory]
    [InlineData(8)]
    [InlineData(8192)]
    [InlineData(10_256)]
    public void EachFunction(int count)
    {
        foreach (ElementFormat type in new[] { BF16, F16 })
        {
            Agrees(operands => Make<Silu>(operands, type, Numbers(count)), type, count);
            Agrees(operands => Make<GeluTanh>(operands, type, Numbers(count)), type, count);
            Agrees(operands => Make<GeluErf>(operands, type, Numbers(count)), type, count);
        }
    }

    // Far out, results are the numbers themselves, or nearly zero; what is no number stays none.
    [Fact]
    public void ExtremeNumbers()
    {
        float[] numbers = [float.NaN, float.PositiveInfinity, 30_000, 88, -20, -88, -300, -30_000];
        float[] expected = [float.NaN, float.PositiveInfinity, 29_952, 88, 0, 0, 0, 0];
        Assert.Equal(expected, Results<Silu>(numbers), Near);
        Assert.Equal(expected, Results<GeluTanh>(numbers), Near);
        Assert.Equal(expected, Results<GeluErf>(numbers), Near);

        static bool Near(float right, float result) => right.Equals(result) || MathF.Abs(right - result) < 1e-6f;
    }

    [Fact]
    public void LeavesTheRest()
    {
        Assert.True(CudaForm.Takes(operands => Make<Silu>(operands, BF16, Numbers(16))));
        Assert.False(CudaForm.Takes(operands => Make<Silu>(operands, F32, Numbers(16))));
        Assert.False(CudaForm.Takes(operands => Make<Silu>(operands, BF16, Numbers(12))));
    }

    [Fact]
    public void CostsWhatTheTableSays()
    {
        (Type kernel, LaunchReport report) = Agrees(operands => Make<GeluTanh>(operands, BF16, Numbers(65_536)), BF16, 65_536);
        CountTable.Check("gelu_tanh_65536", kernel, report);
    }

    // fp32 and the GPU's functions before the result.
    private static (Type Kernel, LaunchReport Report) Agrees<TFunction>(
        Func<Operands, Map<TFunction>> make, ElementFormat type, int count) where TFunction : struct, IElementFunction
    {
        (double error, IReadOnlyList<(Type Kernel, LaunchReport Report)> launches) = CudaForm.Compare(make);
        double tolerance = RoundedResult.Tolerance(type, count, Math.Pow(2, -20));
        Assert.True(error <= tolerance, $"{TFunction.Name} {type} {count}: error {error:E2}, allowed {tolerance:E2}");
        return Assert.Single(launches);
    }

    private static float[] Results<TFunction>(float[] numbers) where TFunction : struct, IElementFunction
    {
        using var queue = new EmulatedQueue();
        using var operands = new EmulatedOperands(queue);
        Assert.True(Make<TFunction>(operands, BF16, numbers).TryRunCuda(queue));
        return operands.Read();
    }

    private static float[] Numbers(int count)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2 - 1) * 8)];
    }

    private static Map<TFunction> Make<TFunction>(Operands operands, ElementFormat type, float[] numbers)
        where TFunction : struct, IElementFunction =>
        new(operands.Of(type, numbers), operands.Result(type, numbers.Length), numbers.Length);
}
