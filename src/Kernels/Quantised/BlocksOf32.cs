using System.Runtime.Intrinsics;

namespace CogVideoX.Kernels.Quantised;

/// <summary>Q8_0: a scale, 32 signed bytes.</summary>
internal readonly unsafe struct Q8Block32(byte* block) : IQuantisedBlock<Q8Block32>
{
    private readonly float scale = Packed.Scale(block);

    public static int Groups => 2;

    public static int Bytes => 34;

    public static Q8Block32 At(byte* block) => new(block);

    public Vector128<sbyte> Codes(int group) => Vector128.Load((sbyte*)block + 2 + 16 * group);

    public float Factor(int group) => scale;

    public float Summand(int group) => Packed.Nothing;
}

/// <summary>Q4_0: a scale, 32 halves of bytes less 8.</summary>
internal readonly unsafe struct Q4Block32(byte* block) : IQuantisedBlock<Q4Block32>
{
    private readonly float scale = Packed.Scale(block);

    public static int Groups => 2;

    public static int Bytes => 18;

    public static Q4Block32 At(byte* block) => new(block);

    public Vector128<sbyte> Codes(int group) => Packed.Halves(block + 2, group).AsSByte() - Vector128.Create((sbyte)8);

    public float Factor(int group) => scale;

    public float Summand(int group) => Packed.Nothing;
}

/// <summary>Q4_1: a scale, a minimum, 32 halves of bytes.</summary>
internal readonly unsafe struct Q4MinBlock32(byte* block) : IQuantisedBlock<Q4MinBlock32>
{
    private readonly float scale = Packed.Scale(block), least = Packed.Scale(block + 2);

    public static int Groups => 2;

    public static int Bytes => 20;

    public static Q4MinBlock32 At(byte* block) => new(block);

    public Vector128<sbyte> Codes(int group) => Packed.Halves(block + 4, group).AsSByte();

    public float Factor(int group) => scale;

    public float Summand(int group) => least;
}

/// <summary>Q5_0: a scale, 32 fifth bits, 32 halves of bytes; less 16.</summary>
internal readonly unsafe struct Q5Block32(byte* block) : IQuantisedBlock<Q5Block32>
{
    private readonly float scale = Packed.Scale(block);

    public static int Groups => 2;

    public static int Bytes => 22;

    public static Q5Block32 At(byte* block) => new(block);

    public Vector128<sbyte> Codes(int group) =>
        (Packed.Halves(block + 6, group) | Packed.Sixteens(block + 2 + 2 * group)).AsSByte() - Vector128.Create((sbyte)16);

    public float Factor(int group) => scale;

    public float Summand(int group) => Packed.Nothing;
}

/// <summary>Q5_1: a scale, a minimum, 32 fifth bits, 32 halves of bytes.</summary>
internal readonly unsafe struct Q5MinBlock32(byte* block) : IQuantisedBlock<Q5MinBlock32>
{
    private readonly float scale = Packed.Scale(block), least = Packed.Scale(block + 2);

    public static int Groups => 2;

    public static int Bytes => 24;

    public static Q5MinBlock32 At(byte* block) => new(block);

    public Vector128<sbyte> Codes(int group) => (Packed.Halves(block + 8, group) | Packed.Sixteens(block + 4 + 2 * group)).AsSByte();

    public float Factor(int group) => scale;

    public float Summand(int group) => least;
}

/// <summary>IQ4_NL: a scale, 32 halves of bytes that name values.</summary>
internal readonly unsafe struct Iq4Block32(byte* block) : IQuantisedBlock<Iq4Block32>
{
    private readonly float scale = Packed.Scale(block);

    public static int Groups => 2;

    public static int Bytes => 18;

    public static Iq4Block32 At(byte* block) => new(block);

    public Vector128<sbyte> Codes(int group) => Packed.Named(Packed.Halves(block + 2, group));

    public float Factor(int group) => scale;

    public float Summand(int group) => Packed.Nothing;
}
