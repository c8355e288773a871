namespace CogVideoX.Compiler.Language;

/// <summary>
/// A number of eight bits: a sign, four bits of exponent, three of fraction. No infinities; ±448 is the largest, and 0x7F and 0xFF are NaN
/// (F8_E4M3, float8_e4m3fn). Conversions in kernels need sm_89.
/// </summary>
public readonly struct Float8E4M3
{
    private readonly byte bits;

    private Float8E4M3(byte bits) => this.bits = bits;

    /// <summary>As it lies in memory.</summary>
    public byte Bits => bits;

    /// <summary>The number with these bits.</summary>
    public static Float8E4M3 FromBits(byte bits) => new(bits);

    /// <summary>Exact.</summary>
    public static implicit operator float(Float8E4M3 value) => (float)Float8E4M3x2.FromBits(value.bits).LowHalf;

    /// <summary>Exact.</summary>
    public static explicit operator Half(Float8E4M3 value) => Float8E4M3x2.FromBits(value.bits).LowHalf;

    /// <summary>To nearest, ties to even. What is larger than ±448, infinities included, becomes ±448; NaN becomes 0x7F.</summary>
    public static explicit operator Float8E4M3(float value) => new((byte)Float8E4M3x2.From(value, 0).Bits);

    /// <inheritdoc cref="op_Explicit(float)"/>
    public static explicit operator Float8E4M3(Half value) => (Float8E4M3)(float)value;
}
