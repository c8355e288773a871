using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CogVideoX.Kernels.Quantised;

/// <summary>What the formats of blocks have in common.</summary>
internal static unsafe class Packed
{
    /// <summary>x + −0 is x for every x, −0 included.</summary>
    public const float Nothing = -0f;

    /// <summary>A binary16 number.</summary>
    public static float Scale(byte* stored) => (float)Unsafe.ReadUnaligned<Half>(stored);

    /// <summary>16 bytes' lower halves, or their upper ones: the higher half of a byte is the number 16 later.</summary>
    /// <param name="bytes">16 of them.</param>
    /// <param name="upper">0 for the lower halves, 1 for the upper ones.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Halves(byte* bytes, int upper) => Bits(bytes, 4 * upper, 0xF);

    /// <summary>Some bits of each of 16 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Bits(byte* bytes, int shift, byte mask) =>
        (Vector128.Load(bytes).AsUInt16() >> shift).AsByte() & Vector128.Create(mask);

    /// <summary>16 for each of 16 bits that is set, else 0.</summary>
    /// <param name="bits">Two bytes, the lowest bit first.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Sixteens(byte* bits)
    {
        Vector128<byte> each = Vector128.Create(0x8040_2010_0804_0201ul).AsByte();
        Vector128<byte> pair = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ushort>(bits)).AsByte();
        Vector128<byte> spread = Vector128.Shuffle(pair, Vector128.Create((byte)0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1));
        return Vector128.Equals(spread & each, each) & Vector128.Create((byte)16);
    }

    /// <summary>The values that 4-bit codes name in IQ4_NL and IQ4_XS.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Named(Vector128<byte> codes) => Vector128.Shuffle(
        Vector128.Create(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113), codes.AsSByte());

    /// <summary>A 6-bit scale and its minimum, of eight in 12 bytes (Q4_K, Q5_K).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (int Scale, int Least) SixBits(byte* packed, int index) => index < 4
        ? (packed[index] & 63, packed[index + 4] & 63)
        : ((packed[index + 4] & 0xF) | (packed[index - 4] >> 6 << 4), (packed[index + 4] >> 4) | (packed[index] >> 6 << 4));
}
