namespace CogVideoX.Kernels;

/// <summary>From fp32 to a stored float format, rounded half to even. (The other way is <see cref="Widen"/>.)</summary>
internal static unsafe class Shorten
{
    /// <summary>Stores one number.</summary>
    /// <exception cref="NotSupportedException">A format that is only read.</exception>
    public static void One(Elements target, long index, float value)
    {
        switch (target.Format)
        {
            case ElementFormat.F32 when !target.IsScaled:
                ((float*)target.Address)[index] = value;
                break;
            case ElementFormat.BF16 when !target.IsScaled:
                ((ushort*)target.Address)[index] = ToBFloat16(value);
                break;
            case ElementFormat.F16 when !target.IsScaled:
                ((Half*)target.Address)[index] = (Half)value;
                break;
            default:
                throw new NotSupportedException($"Results are F32, BF16 or F16; {target.Format} is only read.");
        }
    }

    /// <summary>
    /// The bits of the nearest 8-bit float of the form E4M3 (OCP 8-bit floating point, revision 1.0), ties to even; beyond the largest,
    /// 448, it is that. NaN stays one.
    /// </summary>
    public static byte ToFloat8E4M3(float value)
    {
        const int Bias = 7, FractionBits = 3, Cut = 23 - FractionBits, Largest = 0x7E;
        const float LeastNormal = 1f / 64, LeastSubnormal = 1f / 512;
        float magnitude = Math.Abs(value);
        int sign = float.IsNegative(value) ? 0x80 : 0;
        if (float.IsNaN(value))
            return 0x7F;
        if (magnitude < LeastNormal)
            return (byte)(sign | (int)MathF.Round(magnitude / LeastSubnormal, MidpointRounding.ToEven));
        uint bits = BitConverter.SingleToUInt32Bits(magnitude);
        uint rounded = (bits + (1u << (Cut - 1)) - 1 + ((bits >> Cut) & 1)) >> Cut;
        return (byte)(sign | (int)Math.Min(rounded - ((127 - Bias) << FractionBits), Largest));
    }

    /// <summary>The bits of the nearest bf16, ties to even; any NaN stays one.</summary>
    public static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value))
            return (ushort)(bits >> 16 | 0x40);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
