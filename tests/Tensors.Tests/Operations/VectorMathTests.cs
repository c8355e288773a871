using System.Runtime.Intrinsics;
using CogVideoX.Kernels;

namespace CogVideoX.Tensors.Tests.Operations;

public sealed class VectorMathTests
{
    private const int Step = 4001; // every so many floats, by their bits: a million of them, of both signs and every exponent

    [Fact]
    public void Exp() => WithinUlps(VectorMath.Exp, Math.Exp, 1.1);

    [Fact]
    public void Sigmoid()
    {
        WithinUlps(VectorMath.Sigmoid, x => 1 / (1 + Math.Exp(-x)), 3, where: x => Math.Abs(x) <= 87);
        Within(VectorMath.Sigmoid, x => 1 / (1 + Math.Exp(-x)), Math.ScaleB(1, -148), where: x => Math.Abs(x) > 87);
    }

    [Fact]
    public void Silu()
    {
        WithinUlps(VectorMath.Silu, x => x / (1 + Math.Exp(-x)), 4, where: x => Math.Abs(x) <= 87);
        Within(VectorMath.Silu, x => x / (1 + Math.Exp(-x)), 1e-42, where: x => x < -87);
    }

    [Fact]
    public void Tanh() => WithinUlps(VectorMath.Tanh, Math.Tanh, 2);

    [Fact]
    public void Erf() => WithinUlps(VectorMath.Erf, ErrorFunction.Erf, 2);

    [Fact]
    public void Gelu()
    {
        Within(x => VectorMath.Gelu(x) / Scale(x), x => GeluErf.Exact(x) / Math.Max(1, Math.Abs(x)), 2e-7);
        Within(x => VectorMath.GeluTanh(x) / Scale(x), x => GeluTanh.Exact(x) / Math.Max(1, Math.Abs(x)), 4e-7, where: x => Math.Abs(x) < 1e10);

        static Vector256<float> Scale(Vector256<float> x) => Vector256.Max(Vector256<float>.One, Vector256.Abs(x));
    }

    [Fact]
    public void NotANumberStaysOne()
    {
        Vector256<float> nan = Vector256.Create(float.NaN);
        foreach (Func<Vector256<float>, Vector256<float>> function in new[] { VectorMath.Exp, VectorMath.Sigmoid, VectorMath.Silu, VectorMath.Tanh, VectorMath.Erf, VectorMath.Gelu, VectorMath.GeluTanh })
            Assert.Equal(Vector256<int>.AllBitsSet, Vector256.IsNaN(function(nan)).AsInt32());
    }

    // Abramowitz and Stegun, table 7.1.
    [Theory]
    [InlineData(0.5, 0.5204998778130465)]
    [InlineData(1, 0.8427007929497149)]
    [InlineData(1.6, 0.9763483833446440)]
    [InlineData(-2, -0.9953222650189527)]
    public void TheOracleKnowsErf(double x, double erf)
    {
        Assert.Equal(erf, ErrorFunction.Erf(x), 14);
        Assert.Equal(1 - erf, ErrorFunction.Complement(x), 14);
    }

    private static void WithinUlps(
        Func<Vector256<float>, Vector256<float>> fast, Func<double, double> exact, double ulps, Func<float, bool>? where = null) =>
        Sweep(fast, exact, where, (actual, expected) => Math.Abs(actual - expected) / Ulp(expected) <= ulps);

    private static void Within(
        Func<Vector256<float>, Vector256<float>> fast, Func<double, double> exact, double bound, Func<float, bool>? where = null) =>
        Sweep(fast, exact, where, (actual, expected) => Math.Abs(actual - expected) <= bound);

    private static void Sweep(
        Func<Vector256<float>, Vector256<float>> fast, Func<double, double> exact, Func<float, bool>? where, Func<double, double, bool> near)
    {
        Span<float> inputs = stackalloc float[8];
        for (long bits = 0; bits <= uint.MaxValue; bits += 8 * Step)
        {
            for (int i = 0; i < 8; i++)
                inputs[i] = BitConverter.UInt32BitsToSingle((uint)Math.Min(uint.MaxValue, bits + i * Step));
            Vector256<float> results = fast(Vector256.Create<float>(inputs));
            for (int i = 0; i < 8; i++)
            {
                if (float.IsNaN(inputs[i]) || (where is not null && !where(inputs[i])))
                    continue;
                double expected = exact(inputs[i]);
                bool same = (float)expected == results[i]; // infinities too
                Assert.True(same || near(results[i], expected), $"f({inputs[i]:R}) = {results[i]:R}, exactly {expected:R}");
            }
        }
    }

    // The distance between floats around an exact value; that of the subnormal ones at the low end.
    private static double Ulp(double value) => Math.ScaleB(1, Math.Max(-126, Math.ILogB(value == 0 ? double.Epsilon : value)) - 23);
}
