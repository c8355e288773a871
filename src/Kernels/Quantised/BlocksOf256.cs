using System.Runtime.Intrinsics;

namespace CogVideoX.Kernels.Quantised;

/// <summary>Q2_K: 16 bytes of scales and minima, 64 bytes of two bits, a scale of scales, one of minima.</summary>
internal readonly unsafe struct Q2Block256(byte* block) : IQuantisedBlock<Q2Block256>
{
    private readonly float scale = Packed.Scale(block + 80), least = Packed.Scale(block + 82);

    public static int Groups => 16;

    public static int Bytes => 84;

    public static Q2Block256 At(byte* block) => new(block);

    // 32 bytes have 128 numbers: the lowest bits those of 32 in a row, and so on.
    public Vector128<sbyte> Codes(int group) => Packed.Bits(block + 16 + group / 8 * 32 + group % 2 * 16, group % 8 / 2 * 2, 3).AsSByte();

    public float Factor(int group) => scale * (block[group] & 0xF);

    public float Summand(int group) => -(least * (block[group] >> 4));
}

/// <summary>Q3_K: 32 bytes of third bits, 64 bytes of two bits, 12 bytes of 6-bit scales, a scale of scales.</summary>
internal readonly unsafe struct Q3Block256(byte* block) : IQuantisedBlock<Q3Block256>
{
    private readonly float scale = Packed.Scale(block + 108);

    public static int Groups => 16;

    public static int Bytes => 110;

    public static Q3Block256 At(byte* block) => new(block);

    public Vector128<sbyte> Codes(int group)
    {
        Vector128<byte> low = Packed.Bits(block + 32 + group / 8 * 32 + group % 2 * 16, group % 8 / 2 * 2, 3);
        Vector128<byte> high = Packed.Bits(block + group % 2 * 16, group / 2, 1);
        return (low | (high << 2)).AsSByte() - Vector128.Create((sbyte)4);
    }

    public float Factor(int group)
    {
        byte* scales = block + 96;
        int low = group < 8 ? scales[group] & 0xF : scales[group - 8] >> 4;
        int high = (scales[8 + group % 4] >> (group / 4 * 2)) & 3;
        return scale * ((low | high << 4) - 32);
    }

    public float Summand(int group) => Packed.Nothing;
}

/// <summary>Q4_K: a scale of scales, one of minima, 12 bytes of both, 128 bytes of two halves.</summary>
internal readonly unsafe struct Q4Block256(byte* block) : IQuantisedBlock<Q4Block256>
{
    private readonly float scale = Packed.Scale(block), least = Packed.Scale(block + 2);

    public static int Groups => 16;

    public static int Bytes => 144;

    public static Q4Block256 At(byte* block) => new(block);

    public Vector128<sbyte> Codes(int group) => Packed.Halves(block + 16 + group / 4 * 32 + group % 2 * 16, group / 2 % 2).AsSByte();

    public float Factor(int group) => scale * Packed.SixBits(block + 4, group / 2).Scale;

    public float Summand(int group) => -(least * Packed.SixBits(block + 4, group / 2).Least);
}

/// <summary>Q5_K: as Q4_K, with 32 bytes of fifth bits before the halves.</summary>
internal readonly unsafe struct Q5Block256(byte* block) : IQuantisedBlock<Q5Block256>
{
    private readonly float scale = Packed.Scale(block), least = Packed.Scale(block + 2);

    public static int Groups => 16;

    public static int Bytes => 176;

    public static Q5Block256 At(byte* block) => new(block);

    public Vector128<sbyte> Codes(int group)
    {
        Vector128<byte> low = Packed.Halves(block + 48 + group / 4 * 32 + group % 2 * 16, group / 2 % 2);
        return (low | (Packed.Bits(block + 16 + group % 2 * 16, group / 2, 1) << 4)).AsSByte();
    }

    public float Factor(int group) => scale * Packed.SixBits(block + 4, group / 2).Scale;

    public float Summand(int group) => -(least * Packed.SixBits(block + 4, group / 2).Least);
}

/// <summary>Q6_K: 128 bytes of two halves, 64 bytes of two bits more, 16 signed bytes of scales, a scale of scales; less 32.</summary>
internal readonly unsafe struct Q6Block256(byte* block) : IQuantisedBlock<Q6Block256>
{
    private readonly float scale = Packed.Scale(block + 208);

    public static int Groups => 16;

    public static int Bytes => 210;

    public static Q6Block256 At(byte* block) => new(block);

    // 64 bytes of halves and 32 of pairs have 128 numbers.
    public Vector128<sbyte> Codes(int group)
    {
        Vector128<byte> low = Packed.Halves(block + group / 8 * 64 + group % 4 * 16, group / 4 % 2);
        Vector128<byte> high = Packed.Bits(block + 128 + group / 8 * 32 + group % 2 * 16, group % 8 / 2 * 2, 3);
        return (low | (high << 4)).AsSByte() - Vector128.Create((sbyte)32);
    }

    public float Factor(int group) => scale * (sbyte)block[192 + group];

    public float Summand(int group) => Packed.Nothing;
}

/// <summary>IQ4_XS: a scale of scales, two bytes and four of 6-bit scales, 128 bytes of two halves that name values.</summary>
internal readonly unsafe struct Iq4Block256(byte* block) : IQuantisedBlock<Iq4Block256>
{
    private readonly float scale = Packed.Scale(block);

    public static int Groups => 16;

    public static int Bytes => 136;

    public static Iq4Block256 At(byte* block) => new(block);

    public Vector128<sbyte> Codes(int group) => Packed.Named(Packed.Halves(block + 8 + group / 2 * 16, group % 2));

    public float Factor(int group)
    {
        int low = (block[4 + group / 4] >> (group / 2 % 2 * 4)) & 0xF;
        int high = ((block[2] | block[3] << 8) >> (group / 2 * 2)) & 3;
        return scale * ((low | high << 4) - 32);
    }

    public float Summand(int group) => Packed.Nothing;
}
