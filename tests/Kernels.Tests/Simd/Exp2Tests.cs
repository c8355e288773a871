using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels.Tests.Simd;

/// <summary>The exponential of attention: arguments are at most 0.</summary>
public sealed class Exp2Tests
{
    [Fact]
    public void ItIsWithinTheStatedError()
    {
        double largest = 0;
        for (float x = -126; x <= 0; x += 1f / 4096)
        {
            double exact = Math.Pow(2, x), ulp = Math.ScaleB(1, Math.ILogB(exact) - 23);
            largest = Math.Max(largest, Math.Abs(SimdMath<Simd256, Vector256<float>>.Exp2(Vector256.Create(x))[0] - exact) / ulp);
        }
        Assert.InRange(largest, 0, 2.1);
    }

    [Theory]
    [InlineData(float.NegativeInfinity, 0)]
    [InlineData(float.MinValue, 0)]
    [InlineData(-127, 0)]
    [InlineData(0, 1)]
    [InlineData(float.NaN, float.NaN)]
    public void ItKnowsItsLimits(float x, float expected)
    {
        Assert.Equal(expected, SimdMath<Simd128, Vector128<float>>.Exp2(Vector128.Create(x))[0]);
        Assert.Equal(expected, SimdMath<Simd256, Vector256<float>>.Exp2(Vector256.Create(x))[0]);
        Assert.Equal(expected, SimdMath<Simd512, Vector512<float>>.Exp2(Vector512.Create(x))[0]);
    }
}
