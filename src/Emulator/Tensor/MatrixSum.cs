using CogVideoX.Emulator.Numerics;

namespace CogVideoX.Emulator.Tensor;

/// <summary>Row times column plus accumulator, to the last bit as <see cref="MatrixRule"/> says.</summary>
internal static class MatrixSum
{
    /// <summary>Bits of the result; <paramref name="accumulator"/> is F32 or F16, and so is the result.</summary>
    public static uint Dot(
        ReadOnlySpan<MatrixElement> row, ReadOnlySpan<MatrixElement> column,
        PtxType a, PtxType b, uint c, PtxType accumulator, MatrixRule rule)
    {
        int size = a switch { PtxType.TF32 => 4, PtxType.E4M3 or PtxType.E5M2 => 1, _ => 2 };
        int chunk = rule.ChunkBytes / size, fraction = MatrixElement.FractionBits(a) + MatrixElement.FractionBits(b);
        for (int k = 0; k < row.Length; k += chunk)
        {
            int count = Math.Min(chunk, row.Length - k);
            c = Chunk(row.Slice(k, count), column.Slice(k, count), fraction, c, accumulator, rule.FractionBits);
        }
        return c;
    }

    private static uint Chunk(
        ReadOnlySpan<MatrixElement> row, ReadOnlySpan<MatrixElement> column, int fraction, uint c, PtxType accumulator, int kept)
    {
        MatrixElement addend = MatrixElement.Of(c, accumulator);
        int largest = addend.Exponent, special = addend.Special;
        for (int i = 0; i < row.Length; i++)
        {
            special |= row[i].Special | column[i].Special;
            largest = Math.Max(largest, row[i].Exponent + column[i].Exponent);
        }
        if (special != 0)
            return Special(row, column, addend, accumulator);
        if (largest < MatrixElement.ZeroExponent / 2)
            return 0;
        long sum = Cut(addend.Significand, kept - MatrixElement.FractionBits(accumulator) - (largest - addend.Exponent));
        int shift = kept - fraction - largest;
        for (int i = 0; i < row.Length; i++)
            sum += Cut((long)row[i].Significand * column[i].Significand, shift + row[i].Exponent + column[i].Exponent);
        return Round(sum, largest - kept, accumulator);
    }

    /// <summary>
    /// sum · 2^exponent as the accumulator's bits: single precision is rounded toward zero, half precision to the nearest.
    /// </summary>
    public static uint Round(long sum, int exponent, PtxType accumulator) =>
        accumulator == PtxType.F16 ? BitConverter.HalfToUInt16Bits((Half)Math.ScaleB((double)sum, exponent)) : TowardZero(sum, exponent);

    private static long Cut(long value, int shift)
    {
        if (shift >= 0)
            return value << shift;
        if (shift <= -63)
            return 0;
        return value < 0 ? -(-value >> -shift) : value >> -shift;
    }

    /// <summary>sum · 2^exponent as single precision, rounded toward zero.</summary>
    private static uint TowardZero(long sum, int exponent)
    {
        if (sum == 0)
            return 0;
        uint sign = sum < 0 ? 0x8000_0000 : 0;
        ulong magnitude = (ulong)Math.Abs(sum);
        int top = 63 - (int)ulong.LeadingZeroCount(magnitude), power = top + exponent;
        if (power is < -126 or > 127)
            return FloatFormat.F32.Encode(Math.ScaleB((double)sum, exponent), RoundingMode.TowardZero);
        uint fraction = (uint)(top >= 23 ? magnitude >> top - 23 : magnitude << 23 - top) & 0x7f_ffff;
        return sign | (uint)(power + 127) << 23 | fraction;
    }

    /// <summary>Infinities and NaN as IEEE 754 adds them; the NaN is PTX's own.</summary>
    private static uint Special(
        ReadOnlySpan<MatrixElement> row, ReadOnlySpan<MatrixElement> column, MatrixElement addend, PtxType accumulator)
    {
        uint nan = accumulator == PtxType.F16 ? 0x7fffu : 0x7fff_ffff, infinity = accumulator == PtxType.F16 ? 0x7c00u : 0x7f80_0000;
        uint sign = accumulator == PtxType.F16 ? 0x8000u : 0x8000_0000;
        bool plus = false, minus = false;
        if (addend.Special == MatrixElement.Nan)
            return nan;
        if (addend.Special == MatrixElement.Infinite)
            (plus, minus) = (addend.Significand > 0, addend.Significand < 0);
        for (int i = 0; i < row.Length; i++)
        {
            MatrixElement x = row[i], y = column[i];
            if (((x.Special | y.Special) & MatrixElement.Nan) != 0)
                return nan;
            if ((x.Special | y.Special) == 0)
                continue;
            if (x.Significand == 0 || y.Significand == 0)
                return nan;
            if (x.Significand > 0 == y.Significand > 0)
                plus = true;
            else
                minus = true;
        }
        return plus && minus ? nan : plus ? infinity : infinity | sign;
    }
}
