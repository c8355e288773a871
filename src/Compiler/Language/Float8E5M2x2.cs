namespace CogVideoX.Compiler.Language;

/// <summary>Two <see cref="Float8E5M2"/> in a 16-bit register, the first in the low byte.</summary>
[Aligned(2)]
public readonly struct Float8E5M2x2
{
    private readonly ushort bits;

    private Float8E5M2x2(ushort bits) => this.bits = bits;

    /// <summary>Both numbers as they lie in a register.</summary>
    public ushort Bits => bits;

    /// <summary>The low number.</summary>
    public Float8E5M2 Low => Float8E5M2.FromBits((byte)bits);

    /// <summary>The high number.</summary>
    public Float8E5M2 High => Float8E5M2.FromBits((byte)(bits >> 8));

    internal Half LowHalf => BitConverter.UInt16BitsToHalf((ushort)Widen(bits));

    /// <summary>The same bits.</summary>
    public static Float8E5M2x2 FromBits(ushort bits) => new(bits);

    /// <summary>Two floats, rounded as the conversion of one is.</summary>
    public static Float8E5M2x2 From(float low, float high) => new(Pack(high, low));

    /// <summary>Two halves, rounded as the conversion of one is.</summary>
    public static Float8E5M2x2 From(Half2 pair) => new(Narrow(pair.Bits));

    /// <summary>Exact.</summary>
    public static explicit operator Half2(Float8E5M2x2 pair) => Half2.FromBits(Widen(pair.bits));

    [Ptx("cvt.rn.satfinite.e5m2x2.f32 {result}, {high}, {low};", Pure = true, Architecture = 89, IsaVersion = 81)]
    private static ushort Pack(float high, float low) => (ushort)((Float8Format.E5M2.Round(high) << 8) | Float8Format.E5M2.Round(low));

    [Ptx("cvt.rn.satfinite.e5m2x2.f16x2 {result}, {pair};", Pure = true, Architecture = 89, IsaVersion = 81)]
    private static ushort Narrow(uint pair) =>
        Pack((float)BitConverter.UInt16BitsToHalf((ushort)(pair >> 16)), (float)BitConverter.UInt16BitsToHalf((ushort)pair));

    [Ptx("cvt.rn.f16x2.e5m2x2 {result}, {pair};", Pure = true, Architecture = 89, IsaVersion = 81)]
    private static uint Widen(ushort pair) =>
        (uint)(Float8Format.E5M2.Widen((byte)(pair >> 8)) << 16) | Float8Format.E5M2.Widen((byte)pair);
}
