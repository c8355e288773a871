using System.Buffers.Binary;
using CogVideoX.Emulator.Checking;

namespace CogVideoX.Emulator.Async;

/// <summary>
/// A tensor map as it lies in memory: 128 bytes, of a layout of our own since PTX keeps NVIDIA's opaque. Copying the bytes copies the map,
/// and tensormap.replace changes a field (PTX ISA 9.7.9.28).
/// </summary>
internal static class TensorMapObject
{
    public const int Bytes = 128;
    public const int Align = 64;

    private const int MostDimensions = 5;
    private const ulong Mark = 0x70_61_6d_72_6f_73_6e_74;
    private const int AddressAt = 8, RankAt = 16, TypeAt = 17, InterleaveAt = 18, SwizzleAt = 19, FillAt = 20, AtomicityAt = 21;
    private const int BoxAt = 24, StepAt = 34, SizeAt = 40, StrideAt = 80;

    /// <summary>Types of elements by their number in tensormap.replace's .elemtype; 8 is f32 with subnormals flushed.</summary>
    private static readonly PtxType[] ElementTypes =
    [
        PtxType.U8, PtxType.U16, PtxType.U32, PtxType.S32, PtxType.U64, PtxType.S64, PtxType.F16, PtxType.F32, PtxType.None, PtxType.F64,
        PtxType.BF16,
    ];

    /// <summary>Stands for an element of so many bytes whose type isn't known: above the numbers of PTX.</summary>
    private const int UnknownType = 100;

    private static readonly uint[] Swizzles = [16, 32, 64, 128];

    /// <summary>The object that the driver makes.</summary>
    public static byte[] Encode(TensorMap map, ulong address)
    {
        var bytes = new byte[Bytes];
        Replace(bytes, "global_address", 0, address);
        Replace(bytes, "rank", 0, (ulong)map.Dims.Length - 1);
        Replace(bytes, "elemtype", 0, Array.IndexOf(ElementTypes, map.ElementType) is var type && map.ElementType != PtxType.None
            && type >= 0
            ? (ulong)type : (ulong)(UnknownType + map.ElementBytes));
        Replace(bytes, "swizzle_mode", 0, (ulong)Array.IndexOf(Swizzles, map.SwizzleBytes));
        for (int i = 0; i < map.Dims.Length; i++)
        {
            Replace(bytes, "box_dim", i, (ulong)map.Box[i]);
            Replace(bytes, "element_stride", i, 1);
            Replace(bytes, "global_dim", i, (ulong)map.Dims[i]);
            if (i > 0)
                Replace(bytes, "global_stride", i - 1, (ulong)map.Strides[i - 1]);
        }
        return bytes;
    }

    /// <summary>Sets a field of that name; <paramref name="index"/> picks the dimension.</summary>
    public static void Replace(Span<byte> map, string field, int index, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(map, Mark);
        switch (field)
        {
            case "global_address": BinaryPrimitives.WriteUInt64LittleEndian(map[AddressAt..], value); break;
            case "rank": map[RankAt] = Byte(value); break;
            case "elemtype": map[TypeAt] = Byte(value); break;
            case "interleave_layout": map[InterleaveAt] = Byte(value); break;
            case "swizzle_mode": map[SwizzleAt] = Byte(value); break;
            case "fill_mode": map[FillAt] = Byte(value); break;
            case "swizzle_atomicity": map[AtomicityAt] = Byte(value); break;
            case "box_dim":
                BinaryPrimitives.WriteUInt16LittleEndian(map[(BoxAt + index * 2)..], (ushort)Math.Min(value,
                ushort.MaxValue)); break;
            case "element_stride": map[StepAt + index] = Byte(value); break;
            case "global_dim": BinaryPrimitives.WriteUInt64LittleEndian(map[(SizeAt + index * 8)..], value); break;
            case "global_stride": BinaryPrimitives.WriteUInt64LittleEndian(map[(StrideAt + index * 8)..], value); break;
            default: throw new ArgumentException($"A tensor map has no field {field}.", nameof(field));
        }
    }

    /// <summary>What the bytes say, and the address of the tensor; faults if no copy can be made by it.</summary>
    public static (TensorMap Map, ulong Address) Decode(ReadOnlySpan<byte> map)
    {
        if (BinaryPrimitives.ReadUInt64LittleEndian(map) != Mark)
            throw Wrong("no tensor map lies there");
        int rank = map[RankAt] + 1, type = map[TypeAt];
        if (rank > MostDimensions)
            throw Wrong($"a tensor map of {rank} dimensions: .rank takes one less than their number, up to {MostDimensions - 1}");
        bool isKnown = type < ElementTypes.Length && ElementTypes[type] != PtxType.None;
        if (!isKnown && type <= UnknownType)
            throw Wrong($"the emulator can't copy by a tensor map of elemtype {type}");
        if (map[InterleaveAt] != 0)
            throw Wrong("the emulator can't copy by an interleaved tensor map");
        if (map[SwizzleAt] >= Swizzles.Length || map[AtomicityAt] != 0)
            throw Wrong($"the emulator doesn't know swizzle mode {map[SwizzleAt]} of atomicity {map[AtomicityAt]}");
        if (map[FillAt] != 0)
            throw Wrong("the emulator only fills with zeros what lies outside of the tensor");
        var (box, sizes, strides) = (new int[rank], new long[rank], new long[rank - 1]);
        for (int i = 0; i < rank; i++)
        {
            if (map[StepAt + i] != 1)
                throw Wrong($"element_stride {i} of the tensor map is {map[StepAt + i]}; the emulator only copies by 1");
            box[i] = BinaryPrimitives.ReadUInt16LittleEndian(map[(BoxAt + i * 2)..]);
            sizes[i] = (long)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(map[(SizeAt + i * 8)..]), long.MaxValue);
            if (i > 0)
            {
                strides[i - 1] = (long)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(map[(StrideAt + (i - 1) * 8)..]),
                long.MaxValue);
            }
        }
        var made = new TensorMap("", isKnown ? ElementTypes[type].Bytes() : type - UnknownType, sizes, strides, box,
            Swizzles[map[SwizzleAt]])
        {
            ElementType = isKnown ? ElementTypes[type] : PtxType.None,
        };
        try
        {
            made.Validate();
        }
        catch (LaunchException error)
        {
            throw Wrong(error.Problem);
        }
        return (made, BinaryPrimitives.ReadUInt64LittleEndian(map[AddressAt..]));
    }

    private static byte Byte(ulong value) => (byte)Math.Min(value, byte.MaxValue);

    private static FaultException Wrong(string message) => new(FaultKind.Invalid, message);
}
