using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Tensor;

/// <summary>
/// D = A·B + C to the last bit as <see cref="MatrixRule"/> says, eight columns at a time: <see cref="MatrixSum"/> is the same for one element, and
/// takes over where there are infinities or NaN.
/// </summary>
/// <param name="k">inner dimension</param> <param name="columns">a multiple of 8</param>
/// <param name="type">of A's elements</param> <param name="typeB">of B's</param> <param name="accumulator">F32 or F16: of C and D</param>
internal sealed class MatrixProduct(int k, int columns, PtxType type, PtxType typeB, PtxType accumulator, MatrixRule rule)
{
    private const int Wide = 8;

    /// <summary>So many products of 27 bits and a sign fit a sum of 32 bits.</summary>
    private const int MostInSum = 16;

    private readonly int chunk = rule.ChunkBytes / (type switch { PtxType.TF32 => 4, PtxType.E4M3 or PtxType.E5M2 => 1, _ => 2 });
    private readonly int shift = rule.FractionBits - MatrixElement.FractionBits(type) - MatrixElement.FractionBits(typeB);

    /// <param name="a">[rows, k]</param> <param name="b">[k, columns]</param> <param name="c">[rows, columns] bits; the results come here</param>
    public void Run(MatrixOperand a, MatrixOperand b, Span<uint> c)
    {
        bool plain = Avx2.IsSupported && !a.HasSpecial && !b.HasSpecial;
        for (int row = 0; row * columns < c.Length; row++)
            for (int column = 0; column < columns; column += Wide)
            {
                Span<uint> eight = c.Slice((row * columns) + column, Wide);
                if (plain && Eight(a, b, row, column, eight)) continue;
                for (int i = 0; i < Wide; i++) eight[i] = One(a, b, row, column + i, eight[i]);
            }
    }

    private uint One(MatrixOperand a, MatrixOperand b, int row, int column, uint addend)
    {
        var left = new MatrixElement[k];
        var right = new MatrixElement[k];
        for (int i = 0; i < k; i++) (left[i], right[i]) = (a[(row * k) + i], b[(i * columns) + column]);
        return MatrixSum.Dot(left, right, type, typeB, addend, accumulator, rule);
    }

    /// <summary>False, with nothing changed, if an addend is an infinity or NaN, at the start or on the way.</summary>
    private bool Eight(MatrixOperand a, MatrixOperand b, int row, int column, Span<uint> c)
    {
        Span<uint> sums = stackalloc uint[Wide];
        c.CopyTo(sums);
        for (int first = 0; first < k; first += chunk)
            if (!Chunk(a, b, row, column, first, Math.Min(first + chunk, k), sums)) return false;
        sums.CopyTo(c);
        return true;
    }

    private bool Chunk(MatrixOperand a, MatrixOperand b, int row, int column, int first, int end, Span<uint> c)
    {
        if (!Addends(c, out Vector256<int> addends, out Vector256<int> largest)) return false;
        Vector256<int> addendExponents = largest;
        for (int i = first; i < end; i++)
            largest = Vector256.Max(largest, Vector256.Create(a.Exponents[(row * k) + i]) + Load(b.Exponents, i, column));
        Vector256<int> addend = Cut(addends, rule.FractionBits - MatrixElement.FractionBits(accumulator), largest - addendExponents);
        (Vector256<long> low, Vector256<long> high) = Vector256.Widen(addend);
        for (int i = first; i < end;)
        {
            Vector256<int> sum = default;
            for (int stop = Math.Min(i + MostInSum, end); i < stop; i++)
            {
                Vector256<int> exponents = Vector256.Create(a.Exponents[(row * k) + i]) + Load(b.Exponents, i, column);
                sum += Cut(Vector256.Create(a.Significands[(row * k) + i]) * Load(b.Significands, i, column), shift, largest - exponents);
            }
            (Vector256<long> lower, Vector256<long> upper) = Vector256.Widen(sum);
            (low, high) = (low + lower, high + upper);
        }
        for (int i = 0; i < Wide; i++)
            c[i] = MatrixSum.Round(i < 4 ? low[i] : high[i - 4], largest[i] - rule.FractionBits, accumulator);
        return true;
    }

    private Vector256<int> Load(int[] from, int at, int column) => Vector256.Create<int>(from.AsSpan((at * columns) + column, Wide));

    /// <summary>value · 2^(up − down), cut toward zero. <paramref name="down"/> isn't negative.</summary>
    private static Vector256<int> Cut(Vector256<int> value, int up, Vector256<int> down)
    {
        Vector256<int> sign = value >> 31;
        Vector256<int> magnitude = (value ^ sign) - sign;
        Vector256<int> kept = Avx2.ShiftRightLogicalVariable((magnitude << up).AsUInt32(), down.AsUInt32()).AsInt32();
        return (kept ^ sign) - sign;
    }

    private bool Addends(ReadOnlySpan<uint> c, out Vector256<int> significands, out Vector256<int> exponents)
    {
        if (accumulator != PtxType.F32) return NarrowAddends(c, out significands, out exponents);
        Vector256<int> bits = Vector256.Create(c).AsInt32(), field = (bits >> 23) & Vector256.Create(255), fraction = bits & Vector256.Create(0x7f_ffff);
        Vector256<int> isSmall = Vector256.Equals(field, Vector256<int>.Zero), sign = bits >> 31;
        Vector256<int> magnitude = fraction | Vector256.AndNot(Vector256.Create(1 << 23), isSmall);
        significands = (magnitude ^ sign) - sign;
        exponents = Vector256.ConditionalSelect(Vector256.Equals(magnitude, Vector256<int>.Zero),
            Vector256.Create(MatrixElement.ZeroExponent), Vector256.Max(field, Vector256<int>.One) - Vector256.Create(127));
        return !Vector256.EqualsAny(field, Vector256.Create(255));
    }

    private static bool NarrowAddends(ReadOnlySpan<uint> c, out Vector256<int> significands, out Vector256<int> exponents)
    {
        Span<int> values = stackalloc int[Wide], powers = stackalloc int[Wide];
        bool plain = true;
        for (int i = 0; i < Wide; i++)
        {
            MatrixElement one = MatrixElement.Of(c[i], PtxType.F16);
            (values[i], powers[i]) = (one.Significand, one.Exponent);
            plain &= one.Special == 0;
        }
        (significands, exponents) = (Vector256.Create<int>(values), Vector256.Create<int>(powers));
        return plain;
    }
}
