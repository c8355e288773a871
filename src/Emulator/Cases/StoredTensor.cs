using System.Buffers.Binary;

namespace CogVideoX.Emulator.Cases;

/// <summary>A tensor of a safetensors file.</summary>
internal sealed record StoredTensor(string Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Bytes)
{
    public int ElementBytes => Type switch
    {
        "BOOL" or "U8" or "I8" => 1,
        "U16" or "I16" or "F16" or "BF16" => 2,
        "U64" or "I64" or "F64" => 8,
        _ => 4,
    };

    public int Count => Bytes.Length / ElementBytes;

    public double At(int index) => Value(Bytes.Span, index);

    /// <summary>Element of other bytes of the same type.</summary>
    public double Value(ReadOnlySpan<byte> bytes, int index)
    {
        ReadOnlySpan<byte> at = bytes.Slice(index * ElementBytes, ElementBytes);
        return Type switch
        {
            "BOOL" or "U8" => at[0],
            "I8" => (sbyte)at[0],
            "U16" => BinaryPrimitives.ReadUInt16LittleEndian(at),
            "I16" => BinaryPrimitives.ReadInt16LittleEndian(at),
            "F16" => (double)BinaryPrimitives.ReadHalfLittleEndian(at),
            "BF16" => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(at) << 16),
            "U32" => BinaryPrimitives.ReadUInt32LittleEndian(at),
            "I32" => BinaryPrimitives.ReadInt32LittleEndian(at),
            "F32" => BinaryPrimitives.ReadSingleLittleEndian(at),
            "U64" => BinaryPrimitives.ReadUInt64LittleEndian(at),
            "I64" => BinaryPrimitives.ReadInt64LittleEndian(at),
            _ => BinaryPrimitives.ReadDoubleLittleEndian(at),
        };
    }
}
