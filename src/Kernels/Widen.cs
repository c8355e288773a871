using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Quantised;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

/// <summary>From a stored format to fp32. Floats become what they are; quantised numbers as GGML's definition rounds them.</summary>
internal static unsafe class Widen
{
    private static readonly float[] E4M3 = Table(fractionBits: 3, bias: 7, hasInfinity: false);
    private static readonly float[] E5M2 = Table(fractionBits: 2, bias: 15, hasInfinity: true);

    /// <summary>One element.</summary>
    public static float One(Elements source, long index) => source.Format switch
    {
        ElementFormat.F32 => ((float*)source.Address)[index],
        ElementFormat.BF16 => BFloat16ToFloat(((ushort*)source.Address)[index]),
        ElementFormat.F16 => (float)((Half*)source.Address)[index],
        ElementFormat.F8E4M3 or ElementFormat.F8E5M2 => TableOf(source.Format)[((byte*)source.Address)[index]],
        _ => QuantisedBlocks.One(source, index),
    };

    /// <summary>Elements 0 … <paramref name="count"/> − 1 of <paramref name="source"/> into <paramref name="destination"/>.</summary>
    public static void ToFloats(Elements source, float* destination, int count)
    {
        if (source.IsScaled)
        {
            ToScaledFloats(source, destination, count);
            return;
        }
        switch (source.Format)
        {
            case ElementFormat.F32:
                NativeMemory.Copy(source.Address, destination, (nuint)count * sizeof(float));
                break;
            case ElementFormat.BF16:
                FromBFloat16((ushort*)source.Address, destination, count);
                break;
            case ElementFormat.F16:
                FromHalf((Half*)source.Address, destination, count);
                break;
            case ElementFormat.F8E4M3 or ElementFormat.F8E5M2:
                FromFloat8((byte*)source.Address, source.Format, destination, count);
                break;
            default:
                QuantisedBlocks.ToFloats(source, destination, count);
                break;
        }
    }

    /// <summary>A bf16 is the upper half of its fp32.</summary>
    public static float BFloat16ToFloat(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    private static float[] TableOf(ElementFormat format) => format == ElementFormat.F8E4M3 ? E4M3 : E5M2;

    private static void FromFloat8(byte* source, ElementFormat format, float* destination, int count)
    {
        float[] table = TableOf(format);
        int i = 0;
        for (; format == ElementFormat.F8E4M3 && i + Simd256.Lanes <= count; i += Simd256.Lanes)
            Vector256.Store(FromE4M3(Vector64.Load(source + i)), destination + i);
        for (; i < count; i++)
            destination[i] = table[source[i]];
    }

    // The bits of the table's. Subnormal ones are made as whole numbers: arithmetic on subnormal fp32 is slow on some processors.
    private static Vector256<float> FromE4M3(Vector64<byte> codes)
    {
        const int FractionBits = 3, Bias = 7, Nan = 0x7F;
        (Vector128<uint> low, Vector128<uint> high) = Vector128.Widen(Vector128.WidenLower(codes.ToVector128()));
        var code = Vector256.Create(low, high);
        Vector256<uint> magnitude = code & Vector256.Create(0x7Fu);
        Vector256<float> normal = ((magnitude << (23 - FractionBits)) + Vector256.Create((127u - Bias) << 23)).AsSingle();
        Vector256<float> subnormal = Vector256.ConvertToSingle(magnitude.AsInt32()) * Vector256.Create(1f / 512);
        Vector256<float> finite = Vector256.ConditionalSelect(
            Vector256.LessThan(magnitude, Vector256.Create(1u << FractionBits)).AsSingle(), subnormal, normal);
        Vector256<float> value = Vector256.ConditionalSelect(
            Vector256.Equals(magnitude, Vector256.Create((uint)Nan)).AsSingle(), Vector256.Create(float.NaN), finite);
        return value ^ ((code & Vector256.Create(0x80u)) << 24).AsSingle();
    }

    // A run of numbers that share a factor at a time.
    private static void ToScaledFloats(Elements source, float* destination, int count)
    {
        FromFloat8((byte*)source.Address, source.Format, destination, count);
        for (int i = 0; i < count;)
        {
            int end = i + (int)Math.Min(count - i, source.Scales.Run(i));
            float factor = source.Scales.Of(i);
            for (; i + Vector256<float>.Count <= end; i += Vector256<float>.Count)
                Vector256.Store(Vector256.Load(destination + i) * factor, destination + i);
            for (; i < end; i++)
                destination[i] *= factor;
        }
    }

    private static void FromBFloat16(ushort* source, float* destination, int count)
    {
        int i = 0;
        for (; i + 16 <= count; i += 16)
        {
            (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(Vector256.Load(source + i));
            Vector256.Store((low << 16).AsSingle(), destination + i);
            Vector256.Store((high << 16).AsSingle(), destination + i + 8);
        }
        for (; i < count; i++)
            destination[i] = BFloat16ToFloat(source[i]);
    }

    private static void FromHalf(Half* source, float* destination, int count)
    {
        int i = 0;
        for (; i + Simd256.Lanes <= count; i += Simd256.Lanes)
            Simd256.Store(Simd256.LoadHalf((ushort*)source + i), destination + i);
        for (; i < count; i++)
            destination[i] = (float)source[i];
    }

    // All 256 values of an 8-bit float: sign, exponent, fraction. "OCP 8-bit Floating Point Specification", revision 1.0.
    private static float[] Table(int fractionBits, int bias, bool hasInfinity)
    {
        var table = new float[256];
        int exponentMask = (1 << (7 - fractionBits)) - 1;
        for (int bits = 0; bits < 256; bits++)
        {
            int exponent = (bits >> fractionBits) & exponentMask;
            int fraction = bits & ((1 << fractionBits) - 1);
            float scale = 1 << fractionBits;
            float magnitude = exponent == 0
                ? MathF.ScaleB(fraction / scale, 1 - bias)
                : MathF.ScaleB(1 + fraction / scale, exponent - bias);
            if (hasInfinity && exponent == exponentMask)
                magnitude = fraction == 0 ? float.PositiveInfinity : float.NaN;
            else if (!hasInfinity && (bits & 0x7F) == 0x7F)
                magnitude = float.NaN;
            table[bits] = bits < 128 ? magnitude : -magnitude;
        }
        return table;
    }
}
