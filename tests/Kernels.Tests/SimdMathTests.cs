using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels.Tests;

public sealed unsafe class SimdMathTests
{
    [Fact]
    public void ExpIsWithinTheStatedError()
    {
        // Every 17th float of the range in which results are normal.
        Assert.InRange(LargestError(0, 88.37f), 0, 1.1);
        Assert.InRange(LargestError(-0f, -87.33f), 0, 1.1);
    }

    [Theory]
    [InlineData(float.NegativeInfinity, 0)]
    [InlineData(-1000, 0)]
    [InlineData(-88, 0)]
    [InlineData(0, 1)]
    [InlineData(88.5f, float.PositiveInfinity)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NaN, float.NaN)]
    public void ExpKnowsItsLimits(float x, float expected)
    {
        Assert.Equal(expected, SimdMath<Simd128, Vector128<float>>.Exp(Vector128.Create(x))[0]);
        Assert.Equal(expected, SimdMath<Simd256, Vector256<float>>.Exp(Vector256.Create(x))[0]);
        Assert.Equal(expected, SimdMath<Simd512, Vector512<float>>.Exp(Vector512.Create(x))[0]);
    }

    [Fact]
    public void Exp2IsWithinTheStatedError()
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
    public void Exp2KnowsItsLimits(float x, float expected)
    {
        Assert.Equal(expected, SimdMath<Simd128, Vector128<float>>.Exp2(Vector128.Create(x))[0]);
        Assert.Equal(expected, SimdMath<Simd256, Vector256<float>>.Exp2(Vector256.Create(x))[0]);
        Assert.Equal(expected, SimdMath<Simd512, Vector512<float>>.Exp2(Vector512.Create(x))[0]);
    }

    private static double LargestError(float from, float to)
    {
        double largest = 0;
        uint end = BitConverter.SingleToUInt32Bits(to);
        for (uint bits = BitConverter.SingleToUInt32Bits(from); bits < end; bits += 17)
        {
            float x = BitConverter.UInt32BitsToSingle(bits);
            float actual = SimdMath<Simd256, Vector256<float>>.Exp(Vector256.Create(x))[0];
            double exact = Math.Exp(x);
            double ulp = Math.ScaleB(1, Math.ILogB(exact) - 23);
            largest = Math.Max(largest, Math.Abs(actual - exact) / ulp);
        }
        return largest;
    }
}
