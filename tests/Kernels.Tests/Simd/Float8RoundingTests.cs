namespace CogVideoX.Kernels.Tests.Simd;

/// <summary>From fp32 to 8-bit floats of the form E4M3: to the nearest, ties to even, never beyond 448.</summary>
public sealed unsafe class Float8RoundingTests
{
    private static readonly float[] Values = [.. Enumerable.Range(0, 127).Select(bits => Widened((byte)bits))];

    [Fact]
    public void EachValueIsItself()
    {
        for (int bits = 0; bits < 256; bits++)
        {
            if ((bits & 0x7F) is not (0x7F or 0))
                Assert.Equal(bits, Shorten.ToFloat8E4M3(Widened((byte)bits)));
        }
        Assert.Equal(0, Shorten.ToFloat8E4M3(0));
        Assert.Equal(0x7F, Shorten.ToFloat8E4M3(float.NaN));
    }

    [Fact]
    public void BetweenTwoValuesTheNearerOneAndTheEvenOfBoth()
    {
        for (int low = 0; low < 126; low++)
        {
            float middle = (Values[low] + Values[low + 1]) / 2;
            int even = low % 2 == 0 ? low : low + 1;
            Assert.Equal(even, Shorten.ToFloat8E4M3(middle));
            Assert.Equal(low, Shorten.ToFloat8E4M3(MathF.BitDecrement(middle)));
            Assert.Equal(low + 1, Shorten.ToFloat8E4M3(MathF.BitIncrement(middle)));
            Assert.Equal(0x80 | even, Shorten.ToFloat8E4M3(-middle) | (even == 0 ? 0x80 : 0));
        }
    }

    [Theory]
    [InlineData(449)]
    [InlineData(465)]
    [InlineData(1e30f)]
    [InlineData(float.PositiveInfinity)]
    public void NothingIsBeyondTheLargest(float value)
    {
        Assert.Equal(0x7E, Shorten.ToFloat8E4M3(value));
        Assert.Equal(0xFE, Shorten.ToFloat8E4M3(-value));
    }

    private static float Widened(byte bits) => new Elements(&bits, ElementFormat.F8E4M3)[0];
}
