namespace CogVideoX.Sampling;

/// <summary>Finite fp32 numbers to the nearest number of a shorter type, ties to even, kept as fp32.</summary>
internal static class Rounding
{
    public static void Round(Span<float> values, NoiseType type)
    {
        if (type == NoiseType.F32)
            return;
        foreach (ref float value in values)
            value = type == NoiseType.BF16 ? ToBFloat16(value) : (float)(Half)value;
    }

    private static float ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        uint tieToEven = (bits >> 16) & 1;
        return BitConverter.UInt32BitsToSingle((bits + 0x7FFF + tieToEven) & 0xFFFF0000);
    }
}
