using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;

namespace CogVideoX.Compiler.Frontend.Il;

/// <summary>Decodes a method's bytes (ECMA-335, partition III).</summary>
internal static class IlReader
{
    private static readonly Dictionary<ILOpCode, OperandType> OperandTypes = typeof(OpCodes).GetFields(
        BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => (ILOpCode)(ushort)code.Value, code => code.OperandType);

    public static IlInstruction[] Decode(ReadOnlySpan<byte> il)
    {
        var instructions = new List<IlInstruction>();
        for (int at = 0; at < il.Length; at = instructions[^1].End)
            instructions.Add(DecodeOne(il, at));
        return [.. instructions];
    }

    private static IlInstruction DecodeOne(ReadOnlySpan<byte> il, int offset)
    {
        int at = offset;
        var code = (ILOpCode)il[at++];
        if ((int)code == 0xFE)
            code = (ILOpCode)(0xFE00 | il[at++]);
        OperandType type = OperandTypes[code];
        if (type == OperandType.InlineSwitch)
            return DecodeSwitch(il, offset, at);
        int size = SizeOf(type);
        ReadOnlySpan<byte> bytes = il.Slice(at, size);
        int end = at + size;
        long operand = size switch
        {
            0 => ImpliedOperand(code),
            1 => type == OperandType.ShortInlineVar ? bytes[0] : (sbyte)bytes[0],
            2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            4 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
            _ => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        };
        if (type is OperandType.InlineBrTarget or OperandType.ShortInlineBrTarget)
            operand += end;
        return new IlInstruction(offset, end, code, operand, null);
    }

    private static IlInstruction DecodeSwitch(ReadOnlySpan<byte> il, int offset, int at)
    {
        var targets = new int[BinaryPrimitives.ReadInt32LittleEndian(il[at..])];
        int end = at + 4 + 4 * targets.Length;
        for (int i = 0; i < targets.Length; i++)
            targets[i] = end + BinaryPrimitives.ReadInt32LittleEndian(il[(at + 4 + 4 * i)..]);
        return new IlInstruction(offset, end, ILOpCode.Switch, 0, targets);
    }

    private static int SizeOf(OperandType type) => type switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => 4,
    };

    /// <summary>The operand that short forms have in their code.</summary>
    private static int ImpliedOperand(ILOpCode code) => code switch
    {
        >= ILOpCode.Ldarg_0 and <= ILOpCode.Ldarg_3 => code - ILOpCode.Ldarg_0,
        >= ILOpCode.Ldloc_0 and <= ILOpCode.Ldloc_3 => code - ILOpCode.Ldloc_0,
        >= ILOpCode.Stloc_0 and <= ILOpCode.Stloc_3 => code - ILOpCode.Stloc_0,
        >= ILOpCode.Ldc_i4_m1 and <= ILOpCode.Ldc_i4_8 => (int)code - (int)ILOpCode.Ldc_i4_0,
        _ => 0,
    };
}
