using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>What memory does to values that are written by one type and read by another, done in registers (little-endian).</summary>
internal static class PieceConversion
{
    /// <summary>What a piece holds after <paramref name="value"/> was stored as <paramref name="type"/> over it.</summary>
    /// <param name="builder">where instructions go that this needs</param>
    /// <param name="skip">bytes of the stored value that lie before the piece</param>
    public static Value Extract(IrBuilder builder, Value value, MemoryType type, int skip, MemoryType piece)
    {
        if (type.Bytes == piece.Bytes && type == piece && type.Bytes >= 4)
            return value;
        Value bits = ToBits(builder, value, type);
        if (skip > 0)
            bits = builder.Emit(Opcode.ShrU, bits.Type, bits, Constant.I32(8 * skip));
        if (bits.Type == IrType.I64 && piece.Bytes <= 4)
            bits = builder.Emit(Opcode.Truncate, IrType.I32, bits);
        return FromBits(builder, bits, piece);
    }

    /// <summary>What a load of <paramref name="type"/> gives from the pieces that it covers, first byte first.</summary>
    public static Value Combine(IrBuilder builder, ReadOnlySpan<Piece> pieces, ReadOnlySpan<Value> values, MemoryType type)
    {
        if (pieces.Length == 1 && pieces[0].Type == type)
            return values[0];
        Value? whole = null;
        for (int i = 0; i < pieces.Length; i++)
        {
            Value part = ZeroExtended(builder, values[i], pieces[i].Type);
            if (type.Bytes == 8 && part.Type == IrType.I32)
                part = builder.Emit(Opcode.ZeroExtend, IrType.I64, part);
            int shift = 8 * (int)(pieces[i].Offset - pieces[0].Offset);
            if (shift > 0)
                part = builder.Emit(Opcode.Shl, part.Type, part, Constant.I32(shift));
            whole = whole is null ? part : builder.Emit(Opcode.Or, part.Type, whole, part);
        }
        return FromBits(builder, whole!, type);
    }

    /// <summary>As an integer of 32 or 64 bits, of which those past the type's size may be anything.</summary>
    private static Value ToBits(IrBuilder builder, Value value, MemoryType type) => value.Type switch
    {
        IrType.I32 or IrType.I64 => value,
        IrType.B16 => builder.Emit(Opcode.ZeroExtend, IrType.I32, value),
        _ => builder.Emit(Opcode.Bitcast, type.Register.Integer, value),
    };

    private static Value ZeroExtended(IrBuilder builder, Value value, MemoryType type) => type switch
    {
        MemoryType.S8 => Low(builder, Opcode.ZeroExtendLow, value, 8),
        MemoryType.S16 => Low(builder, Opcode.ZeroExtendLow, value, 16),
        _ => ToBits(builder, value, type),
    };

    private static Value FromBits(IrBuilder builder, Value bits, MemoryType type) => type switch
    {
        MemoryType.U8 => Low(builder, Opcode.ZeroExtendLow, bits, 8),
        MemoryType.S8 => Low(builder, Opcode.SignExtendLow, bits, 8),
        MemoryType.U16 => Low(builder, Opcode.ZeroExtendLow, bits, 16),
        MemoryType.S16 => Low(builder, Opcode.SignExtendLow, bits, 16),
        MemoryType.B16 => builder.Emit(Opcode.Truncate, IrType.B16, bits),
        MemoryType.I32 or MemoryType.I64 => bits,
        _ => builder.Emit(Opcode.Bitcast, type.Register, bits),
    };

    private static Value Low(IrBuilder builder, Opcode opcode, Value value, int bits) =>
        builder.Append(new Instruction(opcode, builder.Location, [value], IrType.I32) { Bits = bits });
}
