using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels.Tests.Simd;

/// <summary>Rows that are hard to measure in one pass, against the naive form, which sums in double.</summary>
public sealed unsafe class RowMomentsTests
{
    private const int Rows = 5;

    [Theory]
    [InlineData(7, 0, 1, 2e-6f)]
    [InlineData(64, 1000, 1, 2e-6f)] // far from zero
    [InlineData(192, -3000, 1, 2e-6f)]
    [InlineData(64, 0, 500, 1e-5f)]  // the number from which distances are taken is far from the others: six bits go
    [InlineData(1920, 0, 500, 1e-5f)]
    [InlineData(3075, 20, 500, 1e-5f)]
    public void MeanBecomes0AndVariance1(int width, float mean, float first, float tolerance)
    {
        var x = new float[Rows * width];
        for (int i = 0; i < x.Length; i++)
            x[i] = mean + (i % width == 0 ? first : MathF.Sin(i * 0.731f));
        var actual = new float[x.Length];
        var expected = new float[x.Length];
        using var threads = new CpuThreads(1);
        fixed (float* input = x, fast = actual, naive = expected)
        {
            new LayerNorm(input, default, default, fast, Rows, width, 1e-6f).RunCpu(threads);
            new LayerNorm(input, default, default, naive, Rows, width, 1e-6f).RunReference();
        }
        Assert.All(actual.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, tolerance * (1 + Math.Abs(pair.Second))));
        Assert.Contains(expected, value => Math.Abs(value) > 1);
    }
}
