using CogVideoX.Kernels;

namespace CogVideoX.Tensors;

/// <summary>
/// The type of a tensor's elements, under the names of the safetensors format; and types of quantised weights, which that format doesn't
/// know, under those of GGUF.
/// </summary>
public readonly record struct DType
{
    private const byte FirstForeign = 15; // to safetensors

    private static readonly (string Name, int Size, ElementFormat? Format)[] Known =
    [
        ("F32", 4, ElementFormat.F32), ("BF16", 2, ElementFormat.BF16), ("F16", 2, ElementFormat.F16),
        ("F8_E4M3", 1, ElementFormat.F8E4M3), ("F8_E5M2", 1, ElementFormat.F8E5M2), ("F64", 8, null),
        ("I64", 8, null), ("I32", 4, null), ("I16", 2, null), ("I8", 1, null),
        ("U64", 8, null), ("U32", 4, null), ("U16", 2, null), ("U8", 1, null), ("BOOL", 1, null),
        ("Q8_0", 0, ElementFormat.Q8Blocks32), ("Q4_K", 0, ElementFormat.Q4Blocks256),
        ("Q4_0", 0, ElementFormat.Q4Blocks32), ("Q4_1", 0, ElementFormat.Q4MinBlocks32),
        ("Q5_0", 0, ElementFormat.Q5Blocks32), ("Q5_1", 0, ElementFormat.Q5MinBlocks32),
        ("Q2_K", 0, ElementFormat.Q2Blocks256), ("Q3_K", 0, ElementFormat.Q3Blocks256),
        ("Q5_K", 0, ElementFormat.Q5Blocks256), ("Q6_K", 0, ElementFormat.Q6Blocks256),
        ("IQ4_NL", 0, ElementFormat.Iq4Blocks32), ("IQ4_XS", 0, ElementFormat.Iq4Blocks256),
    ];

    private readonly byte id;

    private DType(byte id) => this.id = id;

    /// <summary>IEEE binary32: what activations are.</summary>
    public static DType F32 => new(0);

    /// <summary>bfloat16.</summary>
    public static DType BF16 => new(1);

    /// <summary>IEEE binary16.</summary>
    public static DType F16 => new(2);

    /// <summary>8-bit float, 4 exponent bits, no infinities.</summary>
    public static DType F8E4M3 => new(3);

    /// <summary>8-bit float, 5 exponent bits.</summary>
    public static DType F8E5M2 => new(4);

    /// <summary>IEEE binary64.</summary>
    public static DType F64 => new(5);

    /// <summary>Signed 64-bit integer.</summary>
    public static DType I64 => new(6);

    /// <summary>Signed 32-bit integer.</summary>
    public static DType I32 => new(7);

    /// <summary>Signed 16-bit integer.</summary>
    public static DType I16 => new(8);

    /// <summary>Signed 8-bit integer.</summary>
    public static DType I8 => new(9);

    /// <summary>Unsigned 64-bit integer.</summary>
    public static DType U64 => new(10);

    /// <summary>Unsigned 32-bit integer.</summary>
    public static DType U32 => new(11);

    /// <summary>Unsigned 16-bit integer.</summary>
    public static DType U16 => new(12);

    /// <summary>Unsigned 8-bit integer.</summary>
    public static DType U8 => new(13);

    /// <summary>One byte, 0 or 1.</summary>
    public static DType Bool => new(14);

    /// <summary>Blocks of 32 bytes that share a scale.</summary>
    public static DType Q8Blocks32 => new(15);

    /// <summary>Blocks of 256 halves of bytes with scales and minima.</summary>
    public static DType Q4Blocks256 => new(16);

    /// <summary>Blocks of 32 halves of bytes that share a scale.</summary>
    public static DType Q4Blocks32 => new(17);

    /// <summary>Blocks of 32 halves of bytes that share a scale and a minimum.</summary>
    public static DType Q4MinBlocks32 => new(18);

    /// <summary>Blocks of 32 times five bits that share a scale.</summary>
    public static DType Q5Blocks32 => new(19);

    /// <summary>Blocks of 32 times five bits that share a scale and a minimum.</summary>
    public static DType Q5MinBlocks32 => new(20);

    /// <summary>Blocks of 256 times two bits with scales and minima.</summary>
    public static DType Q2Blocks256 => new(21);

    /// <summary>Blocks of 256 times three bits with scales.</summary>
    public static DType Q3Blocks256 => new(22);

    /// <summary>Blocks of 256 times five bits with scales and minima.</summary>
    public static DType Q5Blocks256 => new(23);

    /// <summary>Blocks of 256 times six bits with scales.</summary>
    public static DType Q6Blocks256 => new(24);

    /// <summary>Blocks of 32 halves of bytes, each of which names one of 16 values, that share a scale.</summary>
    public static DType Iq4Blocks32 => new(25);

    /// <summary>Blocks of 256 of the same values with scales.</summary>
    public static DType Iq4Blocks256 => new(26);

    /// <summary>Every type whose elements lie in blocks.</summary>
    public static IEnumerable<DType> Blocked =>
        Enumerable.Range(FirstForeign, Known.Length - FirstForeign).Select(i => new DType((byte)i));

    /// <summary>Every type that a safetensors file may have.</summary>
    public static IEnumerable<DType> All => Enumerable.Range(0, FirstForeign).Select(i => new DType((byte)i));

    /// <summary>The name in a safetensors header, such as <c>BF16</c>.</summary>
    public string Name => Known[id].Name;

    /// <summary>Bytes of an element.</summary>
    /// <exception cref="TensorException">The type is stored in blocks: see <see cref="BytesOf"/>.</exception>
    public int Size => IsBlocked
        ? throw new TensorException($"{Name} is stored in blocks; one element of it has no size.")
        : Known[id].Size;

    /// <summary>True for types whose elements lie in blocks that share scales.</summary>
    public bool IsBlocked => id >= FirstForeign;

    /// <summary>True for the types that weights may have, blocks included: the kernels of this process read them.</summary>
    public bool IsKernelFloat => Known[id].Format is not null;

    internal ElementFormat Format => Known[id].Format
        ?? throw new TensorException(
            $"{Name} isn't a type that kernels compute with; they read F32, BF16, F16, F8_E4M3, F8_E5M2 and the blocks of GGUF files.");

    /// <summary>Bytes of so many elements.</summary>
    /// <exception cref="TensorException">They aren't whole blocks, or more than 2⁶³ − 1 bytes.</exception>
    public long BytesOf(long count)
    {
        if (!IsBlocked && (ulong)count < long.MaxValue / 8)
            return count * Known[id].Size;
        (int elements, int bytes) = IsBlocked ? (Format.BlockElements(), Format.BlockBytes()) : (1, Known[id].Size);
        (long blocks, long rest) = Math.DivRem(count, elements);
        if (rest != 0)
            throw new TensorException($"{count} elements of {Name} aren't whole blocks of {elements}.");
        return blocks <= long.MaxValue / bytes
            ? blocks * bytes
            : throw new TensorException($"{count} elements of {Name} are too large: their bytes don't fit 64 bits.");
    }

    /// <summary>Finds a type by its safetensors name.</summary>
    public static bool TryParse(string name, out DType type)
    {
        int index = Array.FindIndex(Known, 0, FirstForeign, known => known.Name == name);
        type = new DType((byte)Math.Max(index, 0));
        return index >= 0;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
