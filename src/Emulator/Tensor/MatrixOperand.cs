using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CogVideoX.Emulator.Tensor;

/// <summary>
/// A matrix of numbers taken apart, significands and exponents each on their own so that vectors of them can be multiplied.
/// </summary>
internal sealed unsafe class MatrixOperand
{
    private readonly int[] significands;
    private readonly int[] exponents;

    public MatrixOperand(int count)
    {
        significands = GC.AllocateArray<int>(count, pinned: true);
        exponents = GC.AllocateArray<int>(count, pinned: true);
        Significands = (int*)Unsafe.AsPointer(ref significands[0]);
        Exponents = (int*)Unsafe.AsPointer(ref exponents[0]);
    }

    /// <summary>Of infinities and NaN the sign, and how many bits the fraction of a NaN isn't zero in.</summary>
    public int* Significands { get; }

    /// <summary><see cref="SpecialExponent"/> or more marks infinities and NaN.</summary>
    public int* Exponents { get; }

    /// <summary>Whether it holds an infinity or a NaN.</summary>
    public bool HasSpecial { get; private set; }

    private const int SpecialExponent = 1 << 20;

    public MatrixElement this[int at] => Exponents[at] < SpecialExponent
        ? new(Significands[at], Exponents[at], 0) : new(Significands[at], 0, (byte)(Exponents[at] - SpecialExponent));

    public void Clear() => HasSpecial = false;

    public void Set(int at, uint bits, PtxType type)
    {
        MatrixElement element = MatrixElement.Of(bits, type);
        Significands[at] = element.Significand;
        Exponents[at] = element.Special == 0 ? element.Exponent : SpecialExponent + element.Special;
        HasSpecial |= element.Special != 0;
    }

    /// <summary>Eight elements at neighbouring places.</summary>
    public void Set(int at, Vector256<int> bits, PtxType type)
    {
        if (!TrySplit(bits, type, out Vector256<int> values, out Vector256<int> powers))
        {
            for (int i = 0; i < Vector256<int>.Count; i++)
                Set(at + i, (uint)bits[i], type);
            return;
        }
        values.Store(Significands + at);
        powers.Store(Exponents + at);
    }

    public void Negate()
    {
        for (int i = 0; i < significands.Length; i++)
            Significands[i] = -Significands[i];
    }

    /// <summary>As <see cref="MatrixElement.Of"/>; false if one is an infinity or NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TrySplit(Vector256<int> bits, PtxType type, out Vector256<int> significands, out Vector256<int> exponents)
    {
        switch (type)
        {
            case PtxType.F16: return TrySplit(bits, 10, 5, out significands, out exponents);
            case PtxType.BF16: return TrySplit(bits, 7, 8, out significands, out exponents);
            case PtxType.TF32: return TrySplit(bits >>> 13, 10, 8, out significands, out exponents);
            case PtxType.F32: return TrySplit(bits, 23, 8, out significands, out exponents);
            case PtxType.E5M2: return TrySplit(bits, 2, 5, out significands, out exponents);
            default:
                significands = exponents = default;
                return false;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TrySplit(
        Vector256<int> bits, int fractionBits, int exponentBits, out Vector256<int> significands, out Vector256<int> exponents)
    {
        Vector256<int> top = Vector256.Create((1 << exponentBits) - 1), field = (bits >>> fractionBits) & top;
        Vector256<int> isSmall = Vector256.Equals(field, Vector256<int>.Zero), sign = (bits << (31 - fractionBits - exponentBits)) >> 31;
        Vector256<int> magnitude =
            (bits & Vector256.Create((1 << fractionBits) - 1)) | Vector256.AndNot(Vector256.Create(1 << fractionBits), isSmall);
        significands = (magnitude ^ sign) - sign;
        exponents = Vector256.ConditionalSelect(
            Vector256.Equals(magnitude, Vector256<int>.Zero), Vector256.Create(MatrixElement.ZeroExponent),
            Vector256.Max(field, Vector256<int>.One) - Vector256.Create((1 << (exponentBits - 1)) - 1));
        return !Vector256.EqualsAny(field, top);
    }
}
