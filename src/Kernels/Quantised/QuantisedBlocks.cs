using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CogVideoX.Kernels.Quantised;

/// <summary>From blocks of quantised numbers to fp32.</summary>
internal static unsafe class QuantisedBlocks
{
    private const int Group = 16; // numbers that share a factor in every format

    /// <summary>One number.</summary>
    public static float One(Elements source, long index)
    {
        float number;
        ToFloats(source.Slice(index), &number, 1);
        return number;
    }

    /// <summary>Numbers 0 … <paramref name="count"/> − 1, of which the first may lie anywhere in its block.</summary>
    public static void ToFloats(Elements source, float* destination, int count)
    {
        switch (source.Format)
        {
            case ElementFormat.Q8Blocks32: Read<Q8Block32>(source, destination, count); break;
            case ElementFormat.Q4Blocks32: Read<Q4Block32>(source, destination, count); break;
            case ElementFormat.Q4MinBlocks32: Read<Q4MinBlock32>(source, destination, count); break;
            case ElementFormat.Q5Blocks32: Read<Q5Block32>(source, destination, count); break;
            case ElementFormat.Q5MinBlocks32: Read<Q5MinBlock32>(source, destination, count); break;
            case ElementFormat.Iq4Blocks32: Read<Iq4Block32>(source, destination, count); break;
            case ElementFormat.Q2Blocks256: Read<Q2Block256>(source, destination, count); break;
            case ElementFormat.Q3Blocks256: Read<Q3Block256>(source, destination, count); break;
            case ElementFormat.Q4Blocks256: Read<Q4Block256>(source, destination, count); break;
            case ElementFormat.Q5Blocks256: Read<Q5Block256>(source, destination, count); break;
            case ElementFormat.Q6Blocks256: Read<Q6Block256>(source, destination, count); break;
            case ElementFormat.Iq4Blocks256: Read<Iq4Block256>(source, destination, count); break;
            default: throw new ArgumentException($"{source.Format} has no blocks.", nameof(source));
        }
    }

    private static void Read<TBlock>(Elements source, float* destination, int count) where TBlock : struct, IQuantisedBlock<TBlock>
    {
        float* whole = stackalloc float[Group];
        byte* address = (byte*)source.Address;
        (int group, int skip) = Math.DivRem(source.BlockStart, Group);
        for (; count > 0; address += TBlock.Bytes, group = 0)
        {
            TBlock block = TBlock.At(address);
            for (; group < TBlock.Groups && count > 0; group++)
            {
                if (skip == 0 && count >= Group)
                {
                    Store(block, group, destination);
                    destination += Group;
                    count -= Group;
                    continue;
                }
                Store(block, group, whole);
                int taken = Math.Min(Group - skip, count);
                new Span<float>(whole + skip, taken).CopyTo(new Span<float>(destination, taken));
                destination += taken;
                count -= taken;
                skip = 0;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TBlock>(in TBlock block, int group, float* destination) where TBlock : struct, IQuantisedBlock<TBlock>
    {
        Vector128<sbyte> codes = block.Codes(group);
        var factor = Vector256.Create(block.Factor(group));
        var summand = Vector256.Create(block.Summand(group));
        // Two operations, each of which rounds: a fused one would give other bits than GGML's definition.
        Vector256.Store(Wide(codes) * factor + summand, destination);
        Vector256.Store(Wide(Vector128.Shuffle(codes.AsUInt64(), Vector128.Create(1ul, 1)).AsSByte()) * factor + summand, destination + 8);
    }

    // The lower eight.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Wide(Vector128<sbyte> codes)
    {
        if (Avx2.IsSupported)
            return Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(codes));
        (Vector128<int> low, Vector128<int> high) = Vector128.Widen(Vector128.WidenLower(codes));
        return Vector256.ConvertToSingle(Vector256.Create(low, high));
    }
}
