using CogVideoX.Emulator.Numerics;

namespace CogVideoX.Emulator.Instructions;

/// <summary>What one cvt does to the bits of a value (PTX ISA 9.7.9.21).</summary>
internal sealed record Conversion
{
    public required PtxType To { get; init; }

    public required PtxType From { get; init; }

    public RoundingMode Rounding { get; init; }

    /// <summary>.rni and its kin: floats are rounded to whole numbers.</summary>
    public bool ToIntegral { get; init; }

    public bool Flush { get; init; }

    /// <summary>.sat: floats are clamped to 0…1, integers to what their type holds.</summary>
    public bool Saturate { get; init; }

    /// <summary>.satfinite: the largest number instead of infinity.</summary>
    public bool IsFinite { get; init; }

    public bool Relu { get; init; }

    /// <summary>From integer to integer with nothing but cutting and extending.</summary>
    public bool IsIntegral => !IsReal(From) && !IsReal(To) && !Saturate;

    public bool IsPacked => To is PtxType.F16x2 or PtxType.BF16x2 or PtxType.E4M3x2 or PtxType.E5M2x2;

    /// <summary>The conversion of each half of a packed one.</summary>
    public Conversion OfOne() => this with { To = Single(To), From = Single(From) };

    private static PtxType Single(PtxType type) => type switch
    {
        PtxType.F16x2 => PtxType.F16,
        PtxType.BF16x2 => PtxType.BF16,
        PtxType.E4M3x2 => PtxType.E4M3,
        PtxType.E5M2x2 => PtxType.E5M2,
        _ => type,
    };

    public ulong Cut(ulong bits) => From.Bytes() >= 8 ? bits : bits & ((1UL << 8 * From.Bytes()) - 1);

    /// <summary>The result in a register that is wider than its type: signed ones are extended with their sign.</summary>
    public ulong Widen(ulong bits, int registerBytes)
    {
        if (registerBytes <= To.Bytes() || !To.IsSigned())
            return bits;
        return (ulong)IntegerOpcodes.Signed(bits, To.Bytes());
    }

    public ulong Apply(ulong bits)
    {
        if (!IsReal(From))
            return FromInteger(From.IsSigned() ? IntegerOpcodes.Signed(bits, From.Bytes()) : (Int128)bits);
        double value = Format(From)?.Decode((uint)bits) ?? BitConverter.UInt64BitsToDouble(bits);
        if (Flush && From == PtxType.F32 && Math.Abs(value) < 1.17549435082228751e-38)
            value = Math.CopySign(0, value);
        return IsReal(To) ? FromReal(value, bits) : ToInteger(value);
    }

    private static bool IsReal(PtxType type) => type.IsFloat() || type is PtxType.E4M3 or PtxType.E5M2;

    private static FloatFormat? Format(PtxType type) => type switch
    {
        PtxType.F32 => FloatFormat.F32,
        PtxType.TF32 => FloatFormat.TF32,
        PtxType.F16 => FloatFormat.F16,
        PtxType.BF16 => FloatFormat.BF16,
        PtxType.E4M3 => FloatFormat.E4M3,
        PtxType.E5M2 => FloatFormat.E5M2,
        _ => null,
    };

    private ulong FromInteger(Int128 value)
    {
        if (IsReal(To))
        {
            if (Saturate)
                value = Int128.Clamp(value, 0, 1);
            double odd = OddDouble.FromInteger(value);
            return Format(To)?.Encode(odd, Rounding) ?? BitConverter.DoubleToUInt64Bits(NearestDouble(value));
        }
        if (Saturate)
            value = Int128.Clamp(value, Least, Most);
        return (ulong)value & Mask;
    }

    private double NearestDouble(Int128 value) => Rounding switch
    {
        RoundingMode.NearestEven => (double)value,
        _ => new Exact((System.Numerics.BigInteger)value, 0).ToDouble(Rounding),
    };

    private ulong FromReal(double value, ulong bits)
    {
        if (ToIntegral && double.IsFinite(value))
            value = Whole(value);
        if (Saturate)
            value = double.IsNaN(value) || value <= 0 ? 0 : Math.Min(value, 1);
        if (Relu && value <= 0)
            value = 0;
        if (Format(To) is not { } format)
            return double.IsNaN(value) && From == PtxType.F64 ? bits : BitConverter.DoubleToUInt64Bits(value);
        ulong result = format.Encode(value, Rounding, IsFinite);
        if (To == PtxType.TF32)
            return result << 13;
        bool small = Flush && To == PtxType.F32 && Math.Abs(format.Decode((uint)result)) < 1.17549435082228751e-38;
        return small ? result & 0x80000000 : result;
    }

    /// <summary>
    /// Out of range gives the nearest limit; NaN gives the sign bit if one side has 64 bits, else zero (PTX ISA 9.7.9.21).
    /// </summary>
    private ulong ToInteger(double value)
    {
        if (double.IsNaN(value))
            return To.Bytes() == 8 || From == PtxType.F64 ? 1UL << 8 * To.Bytes() - 1 : 0;
        double whole = Whole(value);
        if (whole <= (double)Least)
            return (ulong)Least & Mask;
        if (whole >= (double)Most)
            return (ulong)Most & Mask;
        return (ulong)(Int128)whole & Mask;
    }

    private double Whole(double value) => Rounding switch
    {
        RoundingMode.TowardZero => Math.Truncate(value),
        RoundingMode.Down => Math.Floor(value),
        RoundingMode.Up => Math.Ceiling(value),
        _ => Math.Round(value, MidpointRounding.ToEven),
    };

    private ulong Mask => To.Bytes() == 8 ? ulong.MaxValue : (1UL << 8 * To.Bytes()) - 1;

    private Int128 Least => To.IsSigned() ? -(Int128.One << 8 * To.Bytes() - 1) : 0;

    private Int128 Most => (Int128.One << 8 * To.Bytes() - (To.IsSigned() ? 1 : 0)) - 1;
}
