using System.Buffers.Binary;

namespace CogVideoX.Emulator;

/// <summary>
/// What cuTensorMapEncodeTiled would get: how a box of a buffer is copied (CUDA driver API, "Tensor Map Object").
/// Dimensions are innermost first.
/// </summary>
/// <param name="Buffer">name of the buffer among the launch's arguments</param>
/// <param name="ElementBytes">1, 2, 4 or 8</param>
/// <param name="Dims">elements of each dimension</param>
/// <param name="Strides">bytes between neighbours, from the second dimension on</param>
/// <param name="Box">elements of a box in each dimension</param>
/// <param name="SwizzleBytes">16 (none), 32, 64 or 128</param>
public sealed record TensorMap(string Buffer, int ElementBytes, long[] Dims, long[] Strides, int[] Box, uint SwizzleBytes)
{
    /// <summary>Bytes of the opaque object.</summary>
    public const int Bytes = 128;

    private const ulong Mark = 0x70_61_6d_72_6f_73_6e_74;

    internal int BoxBytes => Box.Aggregate(ElementBytes, (all, one) => all * one);

    /// <summary>Checks what the driver would check.</summary>
    /// <exception cref="ArgumentException">The map couldn't be encoded; the message names the limit.</exception>
    public void Validate()
    {
        if (Dims.Length is < 1 or > 5 || Box.Length != Dims.Length || Strides.Length != Dims.Length - 1)
            throw new ArgumentException($"tensor map of {Buffer}: 1 to 5 dimensions, as many box sizes, one stride fewer");
        if (Dims.Any(d => d is < 1 or > 1L << 32)) throw new ArgumentException($"tensor map of {Buffer}: a dimension is out of range");
        if (Box.Any(b => b is < 1 or > 256)) throw new ArgumentException($"tensor map of {Buffer}: a box has 1 to 256 elements a dimension");
        if (Strides.Any(s => s % 16 != 0 || s is < 0 or >= 1L << 40)) throw new ArgumentException($"tensor map of {Buffer}: strides are multiples of 16 bytes");
        int inner = Box[0] * ElementBytes;
        if (inner % 16 != 0) throw new ArgumentException($"tensor map of {Buffer}: the box's inner dimension has {inner} bytes, not a multiple of 16");
        if (SwizzleBytes > 16 && inner > SwizzleBytes)
            throw new ArgumentException($"tensor map of {Buffer}: an inner dimension of {inner} bytes is more than the swizzle's {SwizzleBytes}");
    }

    internal static void Write(Span<byte> bytes, int number)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Mark);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], number);
    }

    internal static TensorMap? Read(ReadOnlySpan<byte> bytes, List<TensorMap> maps)
    {
        int number = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes) == Mark && number >= 0 && number < maps.Count ? maps[number] : null;
    }
}
