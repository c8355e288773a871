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

    /// <summary>The bits of the nearest bf16, ties to even; any NaN stays one.</summary>
    public static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value))
            return (ushort)(bits >> 16 | 0x40);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
