namespace CogVideoX.Compiler.Language;

/// <summary>
/// A number of eight bits: a sign, five bits of exponent, two of fraction; a Half without its low eight bits. ±57344 is the largest; it
/// has
/// infinities and NaN (F8_E5M2, float8_e5m2). Conversions in kernels need sm_89.
/// </summary>
public readonly struct Float8E5M2
{
    /// <summary>Half way from the largest to what would be next, which rounds to infinity.</summary>
    private const float Overflow = 61440;

    private const byte Infinity = 0x7C;

    private readonly byte bits;

    private Float8E5M2(byte bits) => this.bits = bits;

    /// <summary>As it lies in memory.</summary>
    public byte Bits => bits;

    /// <summary>The number with these bits.</summary>
    public static Float8E5M2 FromBits(byte bits) => new(bits);

    /// <summary>Exact.</summary>
    public static implicit operator float(Float8E5M2 value) => (float)Float8E5M2x2.FromBits(value.bits).LowHalf;

    /// <summary>Exact.</summary>
    public static explicit operator Half(Float8E5M2 value) => Float8E5M2x2.FromBits(value.bits).LowHalf;

    /// <summary>
    /// To nearest, ties to even, as the GPU's instruction has it: what is larger than ±57344, infinities included, becomes ±57344; NaN
    /// becomes 0x7F.
    /// </summary>
    public static explicit operator Float8E5M2(float value) => new((byte)Float8E5M2x2.From(value, 0).Bits);

    /// <inheritdoc cref="op_Explicit(float)"/>
    public static explicit operator Float8E5M2(Half value) => (Float8E5M2)(float)value;

    /// <summary>To nearest, ties to even, as PyTorch has it: from ±61440 on it is an infinity.</summary>
    public static Float8E5M2 OrInfinity(float value)
    {
        byte saturated = ((Float8E5M2)value).bits;
        return new(MathF.Abs(value) >= Overflow ? (byte)((saturated & 0x80) | Infinity) : saturated);
    }
}
