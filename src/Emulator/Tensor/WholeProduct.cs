using CogVideoX.Emulator.Numerics;

namespace CogVideoX.Emulator.Tensor;

/// <summary>D = A·B + C on whole matrices, for any types; the instruction says which lane keeps which element.</summary>
internal sealed class WholeProduct(MatrixTypes types, int rows, int columns, int depth)
{
    private readonly MatrixElement[] leftFloats = new MatrixElement[types.IsFloat ? rows * depth : 0];
    private readonly MatrixElement[] rightFloats = new MatrixElement[types.IsFloat ? columns * depth : 0];
    private readonly double[] leftDoubles = new double[types.IsDouble ? rows * depth : 0];
    private readonly double[] rightDoubles = new double[types.IsDouble ? columns * depth : 0];
    private readonly int[] leftIntegers = new int[types.IsInteger ? rows * depth : 0];
    private readonly int[] rightIntegers = new int[types.IsInteger ? columns * depth : 0];

    public MatrixTypes Types => types;

    public void SetA(int row, int k, ulong bits)
    {
        int at = row * depth + k;
        if (types.IsFloat)
            leftFloats[at] = MatrixElement.Of((uint)bits, types.A);
        else if (types.IsDouble)
            leftDoubles[at] = BitConverter.UInt64BitsToDouble(bits);
        else
            leftIntegers[at] = Integer(bits, types.A);
    }

    public void SetB(int k, int column, ulong bits)
    {
        int at = column * depth + k;
        if (types.IsFloat)
            rightFloats[at] = MatrixElement.Of((uint)bits, types.B);
        else if (types.IsDouble)
            rightDoubles[at] = BitConverter.UInt64BitsToDouble(bits);
        else
            rightIntegers[at] = Integer(bits, types.B);
    }

    /// <summary>Bits of an element of D, from those of C's.</summary>
    public ulong Element(int row, int column, ulong c, MatrixRule rule)
    {
        int left = row * depth, right = column * depth;
        if (types.IsDouble)
            return Double(left, right, c);
        if (types.IsInteger)
            return Integer(left, right, (int)c);
        PtxType sum = types.C == types.D ? types.C : PtxType.F32;
        uint addend = types.C == sum ? (uint)c : FloatFormat.F32.Encode(FloatFormat.F16.Decode((uint)c));
        uint result = MatrixSum.Dot(leftFloats.AsSpan(left, depth), rightFloats.AsSpan(right, depth), types.A, types.B, addend, sum, rule);
        return types.D == sum ? result : FloatFormat.F16.Encode(FloatFormat.F32.Decode(result));
    }

    private ulong Double(int left, int right, ulong c)
    {
        double sum = BitConverter.UInt64BitsToDouble(c);
        for (int k = 0; k < depth; k++)
            sum = DoubleRounding.MultiplyAdd(leftDoubles[left + k], rightDoubles[right + k], sum, types.Rounding);
        return BitConverter.DoubleToUInt64Bits(sum);
    }

    private uint Integer(int left, int right, int c)
    {
        long sum = c;
        for (int k = 0; k < depth; k++)
        {
            sum += types.IsExclusive
                ? leftIntegers[left + k] ^ rightIntegers[right + k] : leftIntegers[left + k] * rightIntegers[right + k];
        }
        return types.Saturate ? (uint)long.Clamp(sum, int.MinValue, int.MaxValue) : (uint)sum;
    }

    private static int Integer(ulong bits, PtxType type) => type switch
    {
        PtxType.S8 => (sbyte)bits,
        PtxType.S4 => (int)(bits << 28) >> 28,
        _ => (int)bits,
    };
}
