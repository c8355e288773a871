using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CogVideoX.Emulator.Tensor;

/// <summary>
/// D = A·B + C to the last bit as <see cref="MatrixRule"/> says, eight columns at a time: <see cref="MatrixSum"/> is the same for one
/// element, and takes over where there are infinities or NaN.
/// </summary>
/// <param name="k">inner dimension</param> <param name="columns">a multiple of 8</param>
/// <param name="type">of A's elements</param> <param name="typeB">of B's</param> <param name="accumulator">F32 or F16: of C and D</param>
internal sealed unsafe class MatrixProduct(int k, int columns, PtxType type, PtxType typeB, PtxType accumulator, MatrixRule rule)
{
    private const int Wide = 8;

    /// <summary>So many products of 27 bits and a sign fit a sum of 32 bits.</summary>
    private const int MostInSum = 16;

    private readonly int chunk = rule.ChunkBytes / (type switch { PtxType.TF32 => 4, PtxType.E4M3 or PtxType.E5M2 => 1, _ => 2 });
    private readonly int kept = rule.FractionBits;
    private readonly int shift = rule.FractionBits - MatrixElement.FractionBits(type) - MatrixElement.FractionBits(typeB);

    /// <param name="a">[rows, k]</param>
    /// <param name="b">[k, columns]</param>
    /// <param name="c">[rows, columns] bits; the results come here</param>
    public void Run(MatrixOperand a, MatrixOperand b, Span<uint> c)
    {
        for (int row = 0; row * columns < c.Length; row++)
        {
            for (int column = 0; column < columns; column += Wide)
            {
                Span<uint> eight = c.Slice(row * columns + column, Wide);
                Eight(a, b, row, column, Vector256.Create<uint>(eight)).CopyTo(eight);
            }
        }
    }

    /// <summary>Eight neighbouring results of a row from its addends.</summary>
    public Vector256<uint> Eight(MatrixOperand a, MatrixOperand b, int row, int column, Vector256<uint> c)
    {
        if (Avx2.IsSupported && !a.HasSpecial && !b.HasSpecial)
        {
            Vector256<uint> sums = c;
            int first = 0;
            while (first < k && Chunk(a, b, row, column, first, Math.Min(first + chunk, k), ref sums))
                first += chunk;
            if (first >= k)
                return sums;
        }
        Span<uint> one = stackalloc uint[Wide];
        for (int i = 0; i < Wide; i++)
            one[i] = One(a, b, row, column + i, c[i]);
        return Vector256.Create<uint>(one);
    }

    private uint One(MatrixOperand a, MatrixOperand b, int row, int column, uint addend)
    {
        var left = new MatrixElement[k];
        var right = new MatrixElement[k];
        for (int i = 0; i < k; i++)
            (left[i], right[i]) = (a[row * k + i], b[i * columns + column]);
        return MatrixSum.Dot(left, right, type, typeB, addend, accumulator, rule);
    }

    /// <summary>False if an addend is an infinity or NaN.</summary>
    private bool Chunk(MatrixOperand a, MatrixOperand b, int row, int column, int first, int end, ref Vector256<uint> c)
    {
        if (!MatrixOperand.TrySplit(c.AsInt32(), accumulator, out Vector256<int> addends, out Vector256<int> addendExponents))
            return false;
        // locals, which stay in registers: these loops are all that costs time here
        int step = columns, up = shift, count = end - first, at = row * k + first;
        int* values = a.Significands + at, powers = a.Exponents + at;
        int* valuesB = b.Significands + first * step + column, powersB = b.Exponents + first * step + column;
        Vector256<int> largest = addendExponents;
        int* power = powers, powerB = powersB;
        for (int* stop = powers + count; power < stop; power++, powerB += step)
            largest = Vector256.Max(largest, Vector256.Create(*power) + Vector256.Load(powerB));
        Vector256<int> addend = Cut(addends << (kept - MatrixElement.FractionBits(accumulator)), largest - addendExponents);
        Vector256<double> low = Avx.ConvertToVector256Double(addend.GetLower()), high = Avx.ConvertToVector256Double(addend.GetUpper());
        power = powers;
        powerB = powersB;
        while (power < powers + count)
        {
            Vector256<int> sum = default;
            for (int* stop = power + Math.Min(MostInSum, count - (int)(power - powers)); power < stop; power++, values++)
            {
                Vector256<int> exponents = Vector256.Create(*power) + Vector256.Load(powerB);
                sum += Cut(Vector256.Create(*values << up) * Vector256.Load(valuesB), largest - exponents);
                powerB += step;
                valuesB += step;
            }
            low += Avx.ConvertToVector256Double(sum.GetLower());
            high += Avx.ConvertToVector256Double(sum.GetUpper());
        }
        Vector256<uint> rounded = default;
        bool isSingle = accumulator == PtxType.F32 && TryRound(low, high, largest, kept, out rounded);
        c = isSingle ? rounded : RoundEach(low, high, largest);
        return true;
    }

    /// <summary>Sums, which doubles hold exactly, as single precision rounded toward zero; false if one leaves its normal range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryRound(
        Vector256<double> low, Vector256<double> high, Vector256<int> largest, int kept, out Vector256<uint> rounded)
    {
        // a sum of zero may come with an exponent far below a double's
        Vector256<int> power = Vector256.Max(largest - Vector256.Create(kept), Vector256.Create(-1000)) + Vector256.Create(1023);
        Vector256<double> scaledLow = low * (Avx2.ConvertToVector256Int64(power.GetLower()) << 52).AsDouble();
        Vector256<double> scaledHigh = high * (Avx2.ConvertToVector256Int64(power.GetUpper()) << 52).AsDouble();
        rounded = default;
        if (!IsNormal(scaledLow) || !IsNormal(scaledHigh))
            return false;
        Vector256<double> mask = Vector256.Create(~((1L << 29) - 1)).AsDouble();   // the bits that single precision hasn't got
        rounded = Vector256.Create(Avx.ConvertToVector128Single(scaledLow & mask),
            Avx.ConvertToVector128Single(scaledHigh & mask)).AsUInt32();
        return true;
    }

    private static bool IsNormal(Vector256<double> value)
    {
        Vector256<double> size = Vector256.Abs(value);
        Vector256<double> inside = Vector256.GreaterThanOrEqual(size, Vector256.Create(1.17549435082228751e-38))
            & Vector256.LessThan(size, Vector256.Create(3.4028236692093846e38));
        return Vector256.EqualsAll((inside | Vector256.Equals(size, Vector256<double>.Zero)).AsInt64(), Vector256.Create(-1L));
    }

    private Vector256<uint> RoundEach(Vector256<double> low, Vector256<double> high, Vector256<int> largest)
    {
        double* sums = stackalloc double[Wide];
        int* exponents = stackalloc int[Wide];
        uint* rounded = stackalloc uint[Wide];
        low.Store(sums);
        high.Store(sums + 4);
        largest.Store(exponents);
        for (int i = 0; i < Wide; i++)
            rounded[i] = MatrixSum.Round((long)sums[i], exponents[i] - kept, accumulator);
        return Vector256.Load(rounded);
    }

    /// <summary>value · 2^−down, cut toward zero. <paramref name="down"/> isn't negative.</summary>
    private static Vector256<int> Cut(Vector256<int> value, Vector256<int> down) =>
        Avx2.Sign(Avx2.ShiftRightLogicalVariable(Avx2.Abs(value), down.AsUInt32()).AsInt32(), value);
}
