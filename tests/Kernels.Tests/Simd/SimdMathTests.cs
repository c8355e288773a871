using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using CogVideoX.Kernels.Simd;
using Fast = CogVideoX.Kernels.Simd.SimdMath<CogVideoX.Kernels.Simd.Simd128, System.Runtime.Intrinsics.Vector128<float>>;

namespace CogVideoX.Kernels.Tests.Simd;

/// <summary>The errors that <see cref="SimdMath{TSimd, TVector}"/> states, over floats of both signs and every exponent.</summary>
public sealed class SimdMathTests
{
    private const int Step = 2039, SparseStep = 16_007; // every so many floats, by their bits; odd, so that the last bits vary

    private static readonly bool Fused = Fma.IsSupported || System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported;

    private static readonly float[] Special =
    [
        0f, -0f, float.Epsilon, -float.Epsilon, 1.17549435e-38f, float.MaxValue, float.MinValue, float.PositiveInfinity,
        float.NegativeInfinity,
        0.625f, 1, -1, 4, -4, 88.72283f, 88.7229f, -86.9f, -87.4f, -88.8f, 104, -104,
    ];

    [Fact]
    public void Exp()
    {
        WithinUlps(Fast.Exp, Math.Exp, Fused ? 0.95 : 1.3, x => x >= -86.9);
        Within(Fast.Exp, Math.Exp, Math.ScaleB(1, -125), x => x < -86.9);
        Assert.Equal(float.PositiveInfinity, One(Fast.Exp, 88.73f));
        Assert.Equal(0, One(Fast.Exp, float.NegativeInfinity));
    }

    [Fact]
    public void Silu()
    {
        WithinUlps(Fast.Silu, x => x / (1 + Math.Exp(-x)), Fused ? 3.5 : 4, x => x >= -87.3);
        Within(Fast.Silu, x => x / (1 + Math.Exp(-x)), 1.1e-36, x => x < -87.3 && float.IsFinite(x));
    }

    [Fact]
    public void Tanh() => WithinUlps(Fast.Tanh, Math.Tanh, 1.5, _ => true);

    [Fact]
    public void GeluErf()
    {
        WithinUlps(Fast.GeluErf, Kernels.GeluErf.Exact, 5.1, x => x >= -1, SparseStep);
        Within(Fast.GeluErf, Kernels.GeluErf.Exact, 9.1e-8, x => x < -1 && float.IsFinite(x), SparseStep);
    }

    [Fact]
    public void GeluTanh()
    {
        WithinUlps(Fast.GeluTanh, ExactGeluTanh, Fused ? 3.1 : 3.2, x => x >= -1);
        WithinUlps(Fast.GeluTanh, ExactGeluTanh, Fused ? 152 : 200, x => x is < -1 and >= -10);
        Within(Fast.GeluTanh, ExactGeluTanh, 1.3e-37, x => x < -10 && float.IsFinite(x));

        // The definition loses its digits where tanh is near −1, even in double.
        static double ExactGeluTanh(double x) => x / (1 + Math.Exp(-2 * Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
    }

    [Fact]
    public void NotANumberStaysOne()
    {
        foreach (Func<Vector128<float>, Vector128<float>> function in new[] { Fast.Exp, Fast.Silu, Fast.Tanh, Fast.GeluErf, Fast.GeluTanh })
            Assert.True(float.IsNaN(One(function, float.NaN)));
    }

    [Fact]
    public void EveryWidthGivesTheSameBits()
    {
        for (float x = -90; x < 90; x += 0.137f)
        {
            Vector128<float> narrow = Vector128.Create(x);
            Vector256<float> middle = Vector256.Create(x);
            Vector512<float> wide = Vector512.Create(x);
            Same(Fast.Exp(narrow), SimdMath<Simd256, Vector256<float>>.Exp(middle), SimdMath<Simd512, Vector512<float>>.Exp(wide));
            Same(Fast.Tanh(narrow), SimdMath<Simd256, Vector256<float>>.Tanh(middle), SimdMath<Simd512, Vector512<float>>.Tanh(wide));
            Same(
                Fast.GeluErf(narrow), SimdMath<Simd256, Vector256<float>>.GeluErf(middle),
                SimdMath<Simd512, Vector512<float>>.GeluErf(wide));
            Same(
                Fast.GeluTanh(narrow), SimdMath<Simd256, Vector256<float>>.GeluTanh(middle),
                SimdMath<Simd512, Vector512<float>>.GeluTanh(wide));
        }

        static void Same(Vector128<float> a, Vector256<float> b, Vector512<float> c)
        {
            Assert.Equal(Vector256.Create(a, a), b);
            Assert.Equal(Vector512.Create(b, b), c);
        }
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

    private static float One(Func<Vector128<float>, Vector128<float>> function, float x) => function(Vector128.Create(x))[0];

    private static void WithinUlps(
        Func<Vector128<float>, Vector128<float>> fast, Func<double, double> exact, double ulps, Func<float, bool> where, int step = Step) =>
        Sweep(fast, exact, where, step, (actual, expected) => Math.Abs(actual - expected) / Ulp(expected) <= ulps);

    private static void Within(
        Func<Vector128<float>, Vector128<float>> fast, Func<double, double> exact, double bound, Func<float, bool> where,
        int step = Step) =>
        Sweep(fast, exact, where, step, (actual, expected) => Math.Abs(actual - expected) <= bound);

    private static void Sweep(
        Func<Vector128<float>, Vector128<float>> fast, Func<double, double> exact, Func<float, bool> where, int step,
        Func<double, double, bool> near)
    {
        foreach (float x in Special)
            Verify(x, One(fast, x));
        for (long bits = 0; bits <= uint.MaxValue; bits += 4 * step)
        {
            Vector128<float> inputs = Vector128.Create(
                (uint)bits, (uint)(bits + step), (uint)(bits + 2 * step), (uint)(bits + 3 * step)).AsSingle();
            Vector128<float> results = fast(inputs);
            for (int i = 0; i < 4; i++)
                Verify(inputs[i], results[i]);
        }

        void Verify(float x, float actual)
        {
            if (float.IsNaN(x) || !where(x))
                return;
            double expected = exact(x);
            bool same = (float)expected == actual || (double.IsNaN(expected) && float.IsNaN(actual)); // infinities too
            if (!same && !near(actual, expected))
                Assert.Fail($"f({x:R}) = {actual:R}, exactly {expected:R}");
        }
    }

    // The distance between floats around an exact value; that of the subnormal ones at the low end.
    private static double Ulp(double value) => Math.ScaleB(1, Math.Max(-126, Math.ILogB(value == 0 ? double.Epsilon : value)) - 23);
}
