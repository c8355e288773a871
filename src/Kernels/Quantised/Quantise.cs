namespace CogVideoX.Kernels.Quantised;

/// <summary>
/// From fp32 to blocks, with the bits of GGUF's own quantiser (github.com/ggml-org/llama.cpp, <c>gguf-py/gguf/quants.py</c>).
/// </summary>
internal static class Quantise
{
    private const int Block = 32;

    /// <summary>Whole blocks of 32 numbers as Q8_0.</summary>
    /// <exception cref="ArgumentException">A number that isn't finite, or that a binary16 scale can't reach.</exception>
    public static void ToQ8Blocks32(ReadOnlySpan<float> numbers, Span<byte> blocks)
    {
        for (; !numbers.IsEmpty; numbers = numbers[Block..], blocks = blocks[34..])
        {
            float scale = Math.Abs(Largest(numbers[..Block])) / 127;
            float inverse = scale == 0 ? 0 : 1 / scale;
            Put(scale, blocks);
            for (int i = 0; i < Block; i++)
                blocks[2 + i] = (byte)(sbyte)MathF.Round(numbers[i] * inverse, MidpointRounding.AwayFromZero);
        }
    }

    /// <summary>Whole blocks of 32 numbers as Q4_0.</summary>
    /// <exception cref="ArgumentException">A number that isn't finite, or that a binary16 scale can't reach.</exception>
    public static void ToQ4Blocks32(ReadOnlySpan<float> numbers, Span<byte> blocks)
    {
        for (; !numbers.IsEmpty; numbers = numbers[Block..], blocks = blocks[18..])
        {
            float scale = Largest(numbers[..Block]) / -8; // so that the largest of all is −8 times it
            float inverse = scale == 0 ? 0 : 1 / scale;
            Put(scale, blocks);
            for (int i = 0; i < Block / 2; i++)
                blocks[2 + i] = (byte)(Nibble(numbers[i], inverse) | Nibble(numbers[i + Block / 2], inverse) << 4);
        }
    }

    private static int Nibble(float number, float inverse) => Math.Clamp((int)(float)((double)number * inverse + 8.5), 0, 15);

    // The first of those with the largest magnitude.
    private static float Largest(ReadOnlySpan<float> numbers)
    {
        float largest = 0;
        foreach (float number in numbers)
        {
            if (!float.IsFinite(number))
                throw new ArgumentException($"{number} can't be quantised.", nameof(numbers));
            if (Math.Abs(number) > Math.Abs(largest))
                largest = number;
        }
        return largest;
    }

    private static void Put(float scale, Span<byte> block)
    {
        var stored = (Half)scale;
        if (!Half.IsFinite(stored))
            throw new ArgumentException($"A block needs the scale {scale}, and binary16 ends at 65504.", nameof(scale));
        BitConverter.TryWriteBytes(block, stored);
    }
}
