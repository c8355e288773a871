using System.Buffers.Binary;

namespace CogVideoX.Emulator.Syntax;

/// <summary>Values after '=' (PTX ISA 5.4.4), as bytes; nested braces are read in order.</summary>
internal sealed class InitializerParser(TokenReader reader, PtxType type, bool isArray)
{
    private const int DeepestBraces = 16;

    private readonly ConstantParser constants = new(reader);

    public List<byte> Bytes { get; } = [];

    public List<SymbolReference> References { get; } = [];

    public void Parse() => Value(0);

    private void Value(int depth)
    {
        if (depth > DeepestBraces)
            throw new PtxException(reader.Line, "braces are nested too deep");
        if (reader.TryTake("{"))
        {
            if (!isArray)
                throw new PtxException(reader.Line, "a single value has no braces");
            reader.List("}", () => Value(depth + 1));
            return;
        }
        if (reader.Current.Kind == TokenKind.Integer && reader.Ahead(1).Is("("))
        {
            Masked();
            return;
        }
        if (constants.AtConstant)
        {
            Append(Bits(constants.Parse()));
            return;
        }
        if (reader.Current.Kind != TokenKind.Name)
            throw reader.Unexpected("a value");
        Refer(Symbol(), mask: 0);
    }

    private ulong Bits(Constant value)
    {
        if (!value.IsReal)
        {
            return !IsReal(type) || value.Bits == 0 ? value.Bits
            : throw new PtxException(reader.Line, $"an integer can't start a {type.Text()}: write it with a point");
        }
        return type switch
        {
            PtxType.F32 or PtxType.B32 when value.Single => value.Bits,
            PtxType.F32 => BitConverter.SingleToUInt32Bits((float)value.Real),
            PtxType.F64 => BitConverter.DoubleToUInt64Bits(value.Real),
            PtxType.F16 => BitConverter.HalfToUInt16Bits((Half)value.Real),
            _ => throw new PtxException(reader.Line, $"a real number can't start a {type.Text()}"),
        };
    }

    private static bool IsReal(PtxType type) => type is PtxType.F32 or PtxType.F64 or PtxType.F16;

    /// <summary>
    /// 0xFF00(symbol): the bits of an address or a constant that the mask picks, moved down (PTX ISA 5.4.4, mask operator).
    /// </summary>
    private void Masked()
    {
        int line = reader.Line;
        ulong mask = reader.Take().Bits;
        if (mask == 0 || !ulong.IsPow2((mask >> (int)ulong.TrailingZeroCount(mask)) + 1))
            throw new PtxException(line, $"the mask 0x{mask:x} must be ones side by side");
        reader.Expect("(");
        if (constants.AtConstant)
            Append(((ulong)constants.ParseInteger() & mask) >> (int)ulong.TrailingZeroCount(mask));
        else
            Refer(Symbol(), mask);
        reader.Expect(")");
    }

    private (string Name, long Addend, bool Generic, int Line) Symbol()
    {
        int line = reader.Line;
        string name = reader.ExpectName();
        bool generic = name == "generic" && reader.TryTake("(");
        if (generic)
            name = reader.ExpectName();
        long addend = Addend();
        if (generic)
            reader.Expect(")");
        return (name, addend + Addend(), generic, line);
    }

    private long Addend() => reader.TryTake("+") ? constants.ParseInteger() : reader.Current.Is("-") ? constants.ParseInteger() : 0;

    private void Refer((string Name, long Addend, bool Generic, int Line) symbol, ulong mask)
    {
        if (type is not (PtxType.U8 or PtxType.U32 or PtxType.U64))
            throw new PtxException(symbol.Line, $"an address can't start a {type.Text()}: .u32 and .u64 hold it, or .u8 by masks");
        References.Add(new SymbolReference(Bytes.Count, type.Bytes(), symbol.Name, symbol.Addend, symbol.Generic, mask, symbol.Line));
        Append(0);
    }

    private void Append(ulong bits)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, bits);
        Bytes.AddRange(bytes[..type.Bytes()]);
    }
}
