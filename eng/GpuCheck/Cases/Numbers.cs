using System.Runtime.InteropServices;
using CogVideoX.Tensors;

namespace CogVideoX.GpuCheck.Cases;

/// <summary>
/// Random numbers that depend on a seed and their index alone, so that torch_timings.py makes the same on the card, bit for bit, and no
/// inputs travel in files.
/// </summary>
internal static class Numbers
{
    /// <summary>One in so many is spoiled, where an operand is.</summary>
    public const int SpoiledEvery = 997;

    private const int Part = 1 << 16; // numbers that a thread makes at a time
    private const float Middle = 1 << 23;

    /// <summary>A seed from a name (FNV-1a).</summary>
    public static uint Seed(string name)
    {
        uint hash = 2166136261;
        foreach (char character in name)
            hash = (hash ^ character) * 16777619;
        return hash;
    }

    /// <summary>24 random bits.</summary>
    public static uint Bits(uint seed, long index)
    {
        uint hash = unchecked((uint)index * 0x9E3779B1 + seed * 0x85EBCA77);
        hash = unchecked((hash ^ (hash >> 16)) * 0x7FEB352D);
        hash = unchecked((hash ^ (hash >> 15)) * 0x846CA68B);
        return (hash ^ (hash >> 16)) >> 8;
    }

    /// <summary>The numbers of an operand, each as a type stores it.</summary>
    public static float[] Of(Operand operand, uint seed, DType type)
    {
        var values = new float[operand.Shape.Count];
        DType stored = operand.TypeFor(type);
        Each(values.Length, (first, end) =>
        {
            for (int i = first; i < end; i++)
            {
                bool spoiled = operand.Kind == OperandKind.Spoiled && i % SpoiledEvery == 0;
                values[i] = spoiled ? float.NaN : Rounded((Bits(seed, i) - Middle) / Middle * operand.Scale, stored);
            }
        });
        return values;
    }

    /// <summary>The rows of a table that an operand names.</summary>
    public static int[] Ids(Operand operand, uint seed)
    {
        var ids = new int[operand.Shape.Count];
        for (int i = 0; i < ids.Length; i++)
            ids[i] = (int)(Bits(seed, i) % (uint)operand.Range);
        return ids;
    }

    /// <summary>Numbers, which a type holds exactly, as it stores them.</summary>
    public static byte[] Stored(float[] values, DType type)
    {
        if (type == DType.F32)
            return MemoryMarshal.AsBytes<float>(values).ToArray();
        var bytes = new byte[values.Length * 2L];
        Each(values.Length, (first, end) =>
        {
            Span<ushort> words = MemoryMarshal.Cast<byte, ushort>(bytes.AsSpan());
            for (int i = first; i < end; i++)
            {
                words[i] = type == DType.BF16
                    ? (ushort)(BitConverter.SingleToUInt32Bits(values[i]) >> 16)
                    : BitConverter.HalfToUInt16Bits((Half)values[i]);
            }
        });
        return bytes;
    }

    // Half to even, as every implementation does it.
    private static float Rounded(float value, DType type)
    {
        if (type == DType.F32)
            return value;
        if (type == DType.F16)
            return (float)(Half)value;
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000);
    }

    private static void Each(int count, Action<int, int> body) =>
        Parallel.For(0, (count + Part - 1) / Part, part => body(part * Part, (int)Math.Min(count, (part + 1L) * Part)));
}
