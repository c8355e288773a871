using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CogVideoX.Kernels.MachineCode;

/// <summary>Numbers rounded to bf16, half to even, as the factors of <see cref="CpuTiles"/> have them. NaN stays NaN.</summary>
internal static unsafe class PairRounding
{
    /// <summary>A row of a left factor, filled up with zeros to whole steps where it is rounded, and copied where it isn't.</summary>
    /// <param name="tiles">What it is for.</param>
    /// <param name="source">[count]</param>
    /// <param name="count">How many.</param>
    /// <param name="target">As many steps as the row has.</param>
    public static void Row(CpuTiles tiles, float* source, int count, void* target)
    {
        int whole = tiles.Steps(count) * tiles.StepElements;
        if (tiles.IsRounded && !tiles.IsWidened)
        {
            ToBFloat16(source, (ushort*)target, count);
            new Span<ushort>((ushort*)target + count, whole - count).Clear();
            return;
        }
        if (tiles.IsRounded)
            ToFloats(source, (float*)target, count);
        else
            new ReadOnlySpan<float>(source, count).CopyTo(new Span<float>(target, count));
        new Span<float>((float*)target + count, whole - count).Clear();
    }

    /// <summary>Rounded numbers, in 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToBFloat16(float* source, ushort* target, int count)
    {
        int i = 0;
        for (; i + 16 <= count; i += 16)
        {
            Vector256<uint> low = Bits(Vector256.Load(source + i)), high = Bits(Vector256.Load(source + i + 8));
            Vector256.Narrow(low >> 16, high >> 16).Store(target + i);
        }
        for (; i < count; i++)
            target[i] = Shorten.ToBFloat16(source[i]);
    }

    /// <summary>Rounded numbers, as floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToFloats(float* source, float* target, int count)
    {
        int i = 0;
        for (; i + 8 <= count; i += 8)
            (Bits(Vector256.Load(source + i)) & Vector256.Create(0xFFFF0000)).AsSingle().Store(target + i);
        for (; i < count; i++)
            target[i] = Widen.BFloat16ToFloat(Shorten.ToBFloat16(source[i]));
    }

    /// <summary>Pairs of a number of each row, the first row's in the lower halves; lanes are columns.</summary>
    /// <param name="even">The first row.</param>
    /// <param name="odd">The second.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Pairs(Vector256<float> even, Vector256<float> odd) =>
        (Bits(even) >> 16) | (Bits(odd) & Vector256.Create(0xFFFF0000));

    // The upper halves are the rounded numbers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Bits(Vector256<float> value)
    {
        Vector256<uint> bits = value.AsUInt32();
        Vector256<uint> rounded = bits + Vector256.Create(0x7FFFu) + ((bits >> 16) & Vector256.Create(1u));
        return Vector256.ConditionalSelect(Vector256.Equals(value, value).AsUInt32(), rounded, bits | Vector256.Create(0x400000u));
    }
}
