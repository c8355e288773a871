namespace CogVideoX.Compiler.Language;

/// <summary>The upper half of a float: eight bits of exponent, seven of fraction.</summary>
[SixteenBitFloat("bf16")]
public readonly struct BFloat16
{
    private readonly ushort bits;

    private BFloat16(ushort bits) => this.bits = bits;

    /// <summary>Exact.</summary>
    [Ptx("mov.b32 {result}, {{0, {value}}};", Pure = true)]
    public static implicit operator float(BFloat16 value) => BitConverter.UInt32BitsToSingle((uint)value.bits << 16);

    /// <summary>To nearest, ties to even; NaN stays NaN.</summary>
    [Ptx("cvt.rn.bf16.f32 {result}, {value};", Pure = true)]
    public static explicit operator BFloat16(float value)
    {
        if (float.IsNaN(value))
            return new(0x7fff);
        uint all = BitConverter.SingleToUInt32Bits(value);
        return new((ushort)((all + 0x7fff + ((all >> 16) & 1)) >> 16));
    }
}
