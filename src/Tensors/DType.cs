using CogVideoX.Kernels;

namespace CogVideoX.Tensors;

/// <summary>The type of a tensor's elements, under the names of the safetensors format.</summary>
public readonly record struct DType
{
    private static readonly (string Name, int Size, FloatFormat? Format)[] Known =
    [
        ("F32", 4, FloatFormat.F32), ("BF16", 2, FloatFormat.BF16), ("F16", 2, FloatFormat.F16),
        ("F8_E4M3", 1, FloatFormat.F8E4M3), ("F8_E5M2", 1, FloatFormat.F8E5M2), ("F64", 8, null),
        ("I64", 8, null), ("I32", 4, null), ("I16", 2, null), ("I8", 1, null),
        ("U64", 8, null), ("U32", 4, null), ("U16", 2, null), ("U8", 1, null), ("BOOL", 1, null),
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

    /// <summary>Every type.</summary>
    public static IEnumerable<DType> All => Enumerable.Range(0, Known.Length).Select(i => new DType((byte)i));

    /// <summary>The name in a safetensors header, such as <c>BF16</c>.</summary>
    public string Name => Known[id].Name;

    /// <summary>Bytes of an element.</summary>
    public int Size => Known[id].Size;

    /// <summary>True for the types that weights may have: the kernels read them.</summary>
    public bool IsKernelFloat => Known[id].Format is not null;

    internal FloatFormat Format =>
        Known[id].Format ?? throw new TensorException($"{Name} isn't a type that kernels compute with; they read F32, BF16, F16, F8_E4M3 and F8_E5M2.");

    /// <summary>Finds a type by its safetensors name.</summary>
    public static bool TryParse(string name, out DType type)
    {
        int index = Array.FindIndex(Known, known => known.Name == name);
        type = new DType((byte)Math.Max(index, 0));
        return index >= 0;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
