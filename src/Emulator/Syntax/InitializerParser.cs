using System.Buffers.Binary;

namespace CogVideoX.Emulator.Syntax;

/// <summary>Values after '=' (PTX ISA 5.4.4), as bytes; nested braces are read in order.</summary>
internal sealed class InitializerParser(TokenReader reader, PtxType type)
{
    private const int DeepestBraces = 16;

    public List<byte> Bytes { get; } = [];

    public List<SymbolReference> References { get; } = [];

    public void Parse() => Value(0);

    private void Value(int depth)
    {
        if (depth > DeepestBraces) throw new PtxException(reader.Line, "braces are nested too deep");
        if (reader.TryTake("{")) { reader.List("}", () => Value(depth + 1)); return; }
        if (reader.Current.Kind == TokenKind.Name) { Symbol(); return; }
        bool negative = reader.TryTake("-");
        Token number = reader.Take();
        ulong bits = number.Kind switch
        {
            TokenKind.Integer => negative ? (ulong)-(long)number.Bits : number.Bits,
            TokenKind.Real => Real(number, negative),
            _ => throw new PtxException(number.Line, $"expected a value, found '{number.Text}'"),
        };
        Append(bits);
    }

    private ulong Real(Token number, bool negative)
    {
        double value = number.Single ? BitConverter.UInt32BitsToSingle((uint)number.Bits) : BitConverter.UInt64BitsToDouble(number.Bits);
        if (negative) value = -value;
        return type switch
        {
            PtxType.F32 or PtxType.B32 when number.Single && !negative => number.Bits,
            PtxType.F32 => BitConverter.SingleToUInt32Bits((float)value),
            PtxType.F64 => BitConverter.DoubleToUInt64Bits(value),
            PtxType.F16 => BitConverter.HalfToUInt16Bits((Half)value),
            _ => throw new PtxException(number.Line, $"a real number can't start a {type.Text()}"),
        };
    }

    private void Symbol()
    {
        int line = reader.Line;
        string name = reader.ExpectName();
        bool generic = name == "generic" && reader.TryTake("(");
        if (generic)
        {
            name = reader.ExpectName();
            reader.Expect(")");
        }
        long addend = reader.TryTake("+") ? reader.ExpectInteger() : reader.Current.Is("-") ? reader.ExpectInteger() : 0;
        References.Add(new SymbolReference(Bytes.Count, type.Bytes(), name, addend, generic, line));
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
