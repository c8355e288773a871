
namespace CogVideoX.Kernels.Tests;

public sealed unsafe class ElementsTests
{
    [Theory]
    [InlineData(ElementFormat.F32, 256, 1024)]
    [InlineData(ElementFormat.BF16, 256, 512)]
    [InlineData(ElementFormat.F8E5M2, 256, 256)]
    [InlineData(ElementFormat.Q8Blocks32, 256, 8 * 34)]
    [InlineData(ElementFormat.Q4Blocks256, 512, 2 * 144)]
    public void AFormatSaysWhatNumbersTake(ElementFormat format, long count, long bytes) => Assert.Equal(bytes, format.Bytes(count));

    [Theory]
    [InlineData(ElementFormat.Q8Blocks32, 33)]
    [InlineData(ElementFormat.Q4Blocks256, 255)]
    public void BlocksAreNotCut(ElementFormat format, long count)
    {
        Assert.Contains("whole blocks", Assert.Throws<ArgumentException>(() => format.Bytes(count)).Message);
    }

    [Theory]
    [InlineData(ElementFormat.Q8Blocks32, 96, 3 * 34, 0)]
    [InlineData(ElementFormat.Q8Blocks32, 97, 3 * 34, 1)]
    [InlineData(ElementFormat.Q4Blocks256, 767, 2 * 144, 255)]
    public void ASliceOfBlocksBeginsAnywhereInOne(ElementFormat format, long offset, long bytes, int start)
    {
        Elements slice = new Elements((void*)4096, format).Slice(offset);
        Assert.Equal((4096 + bytes, start), ((long)slice.Address, slice.BlockStart));
    }

    [Theory]
    [InlineData(ElementFormat.F32, 12)]
    [InlineData(ElementFormat.F8E4M3, 3)]
    [InlineData(ElementFormat.Q4Blocks32, 1)]
    [InlineData(ElementFormat.Q8Blocks32, 3)]
    public void BytesToAskForAheadAreRoughInBlocks(ElementFormat format, long bytes) =>
        Assert.Equal(bytes, new Elements((void*)4096, format).RoughBytes(3));

    [Theory]
    [InlineData(ElementFormat.F8E4M3)]
    [InlineData(ElementFormat.F8E5M2)]
    public void EveryCodeOfFloat8IsTheSameAloneAndAmongOthers(ElementFormat format)
    {
        byte[] codes = [.. Enumerable.Range(0, 256 + 5).Select(code => (byte)code)];
        var together = new float[codes.Length];
        fixed (byte* source = codes)
        fixed (float* target = together)
        {
            var elements = new Elements(source, format);
            Widen.ToFloats(elements, target, codes.Length);
            for (int i = 0; i < codes.Length; i++)
                Assert.Equal(BitConverter.SingleToInt32Bits(elements[i]), BitConverter.SingleToInt32Bits(together[i]));
        }
    }

    [Fact]
    public void ScalesMultiplyWhatIsStored()
    {
        byte* stored = stackalloc byte[] { 0x38, 0x40, 0x38, 0x40 }; // 1, 2, 1, 2 in E4M3
        float* factors = stackalloc float[] { 3, 5 };
        var byTensor = new Elements(stored, ElementFormat.F8E4M3).Scaled(new ElementScales(factors, 0));
        var byRow = new Elements(stored, ElementFormat.F8E4M3).Scaled(new ElementScales(factors, 2));
        Assert.Equal([3, 6, 3, 6], Read(byTensor, 4));
        Assert.Equal([3, 6, 5, 10], Read(byRow, 4));
        Assert.Equal([5, 10], Read(byRow.Slice(2), 2));
        Assert.Equal([6, 3], Read(byTensor.Slice(1), 2));
        Assert.Equal([6, 5, 10], Read(byRow.Slice(1), 3));
        Assert.Equal([10], Read(byRow.Slice(1).Slice(2), 1));
        float* wide = stackalloc float[3];
        Widen.ToFloats(byRow.Slice(1), wide, 3);
        Assert.Equal([6, 5, 10], new ReadOnlySpan<float>(wide, 3).ToArray());
        Assert.Throws<ArgumentException>(() => new Elements(stored, ElementFormat.BF16).Scaled(new ElementScales(factors, 0)));
        Assert.Contains("scaled F8E4M3", Assert.Throws<NotSupportedException>(() => _ = byRow.Floats).Message);
    }

    [Fact]
    public void ResultsAreRoundedHalfToEven()
    {
        ushort* bits = stackalloc ushort[3];
        var bf16 = new Elements(bits, ElementFormat.BF16);
        bf16.Set(0, BitConverter.UInt32BitsToSingle(0x3F80_8000));     // a tie above an even fraction
        bf16.Set(1, BitConverter.UInt32BitsToSingle(0x3F81_8000));     // above an odd one
        bf16.Set(2, BitConverter.UInt32BitsToSingle(0x7F80_0001));     // a NaN whose upper half alone would be infinite
        Assert.Equal([0x3F80, 0x3F82], new[] { (int)bits[0], bits[1] });
        Assert.True(float.IsNaN(bf16[2]));
        Assert.Throws<NotSupportedException>(() => new Elements(bits, ElementFormat.F8E4M3).Set(0, 1));
    }

    [Fact]
    public void EveryBFloat16SurvivesTheWayThere()
    {
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            float value = Widen.BFloat16ToFloat((ushort)bits);
            if (!float.IsNaN(value))
                Assert.Equal(bits, Shorten.ToBFloat16(value));
        }
    }

    private static float[] Read(Elements elements, int count) => [.. Enumerable.Range(0, count).Select(i => elements[i])];
}
