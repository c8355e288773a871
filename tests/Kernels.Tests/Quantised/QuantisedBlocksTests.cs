namespace CogVideoX.Kernels.Tests.Quantised;

public sealed unsafe class QuantisedBlocksTests
{
    public static TheoryData<ElementFormat> Formats => [.. Enum.GetValues<ElementFormat>().Where(format => format.IsBlocked())];

    // What they are is in tests/Goldens/foreign (GgufFileTests); here, that every way of reading them gives the same bits.
    [Theory]
    [MemberData(nameof(Formats))]
    public void NumbersAreTheSameWhereverReadingBegins(ElementFormat format)
    {
        const int Blocks = 3;
        int count = Blocks * format.BlockElements();
        byte[] stored = new byte[format.Bytes(count)];
        new Random(1).NextBytes(stored);
        var numbers = new float[count];
        fixed (byte* source = stored)
        fixed (float* target = numbers)
        {
            var elements = new Elements(source, format);
            Widen.ToFloats(elements, target, count);
            var part = new float[count];
            for (int first = 0; first < count; first += 7)
            {
                int length = Math.Min(count - first, 1 + first % 41);
                fixed (float* begin = part)
                    Widen.ToFloats(elements.Slice(first / 2).Slice(first - first / 2), begin, length);
                Assert.Equal(Bits(numbers.AsSpan(first, length)), Bits(part.AsSpan(0, length)));
                Assert.Equal(Bits([numbers[first]]), Bits([elements[first]]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void TheyAreOnlyRead(ElementFormat format)
    {
        byte* block = stackalloc byte[256];
        var elements = new Elements(block, format);
        Assert.Contains($"{format}", Assert.Throws<NotSupportedException>(() => elements.Set(0, 1)).Message);
        Assert.Contains($"{format}", Assert.Throws<NotSupportedException>(() => _ = elements.Floats).Message);
    }

    private static int[] Bits(ReadOnlySpan<float> numbers) => [.. numbers.ToArray().Select(BitConverter.SingleToInt32Bits)];
}
