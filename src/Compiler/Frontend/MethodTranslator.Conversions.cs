using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Frontend.Il;
using CogVideoX.Compiler.Ir;
using ILOpCode = System.Reflection.Metadata.ILOpCode;

namespace CogVideoX.Compiler.Frontend;

/// <summary>Conversions between numbers.</summary>
internal sealed partial class MethodTranslator
{
    private bool TranslateConversion(IlInstruction instruction, int index)
    {
        switch (instruction.OpCode)
        {
            case ILOpCode.Conv_i1:
                ToSmall(MemoryType.S8);
                break;
            case ILOpCode.Conv_u1:
                ToSmall(MemoryType.U8);
                break;
            case ILOpCode.Conv_i2:
                ToSmall(MemoryType.S16);
                break;
            case ILOpCode.Conv_u2:
                ToSmall(MemoryType.U16);
                break;
            case ILOpCode.Conv_i4:
                Push(To32(PopNumber(), Opcode.ToInteger));
                break;
            case ILOpCode.Conv_u4:
                Push(To32(PopNumber(), Opcode.ToIntegerU));
                break;
            case ILOpCode.Conv_i8:
                Push(To64(PopNumber(), Opcode.SignExtend, Opcode.ToInteger));
                break;
            case ILOpCode.Conv_u8:
                Push(To64(PopNumber(), Opcode.ZeroExtend, Opcode.ToIntegerU));
                break;
            case ILOpCode.Conv_i or ILOpCode.Conv_u when stack.Peek().IsPointer:
                break;
            case ILOpCode.Conv_i:
                Push(To64(PopScalar(), Opcode.SignExtend, Opcode.ToInteger));
                break;
            case ILOpCode.Conv_u:
                Push(To64(PopScalar(), Opcode.ZeroExtend, Opcode.ToIntegerU));
                break;
            case ILOpCode.Conv_r4:
                Push(ToFloat(PopNumber(), IrType.F32, Opcode.ToFloat));
                break;
            case ILOpCode.Conv_r8:
                Push(ToFloat(PopNumber(), IrType.F64, Opcode.ToFloat));
                break;
            case ILOpCode.Conv_r_un:
                // There is no unsigned conv.r4: .NET reads the pair conv.r.un, conv.r4 as one conversion with one rounding.
                bool isSingle = index + 1 < method.Instructions.Length && method.Instructions[index + 1].OpCode == ILOpCode.Conv_r4;
                Push(ToFloat(PopNumber(), isSingle ? IrType.F32 : IrType.F64, Opcode.ToFloatU));
                break;
            default:
                return TranslateCheckedConversion(instruction.OpCode);
        }
        return true;
    }

    /// <summary>Only a constant that fits can be converted with a check.</summary>
    private bool TranslateCheckedConversion(ILOpCode code)
    {
        (long least, ulong most, IrType type)? range = code switch
        {
            ILOpCode.Conv_ovf_i1 or ILOpCode.Conv_ovf_i1_un => (sbyte.MinValue, (ulong)sbyte.MaxValue, IrType.I32),
            ILOpCode.Conv_ovf_u1 or ILOpCode.Conv_ovf_u1_un => (0, byte.MaxValue, IrType.I32),
            ILOpCode.Conv_ovf_i2 or ILOpCode.Conv_ovf_i2_un => (short.MinValue, (ulong)short.MaxValue, IrType.I32),
            ILOpCode.Conv_ovf_u2 or ILOpCode.Conv_ovf_u2_un => (0, ushort.MaxValue, IrType.I32),
            ILOpCode.Conv_ovf_i4 or ILOpCode.Conv_ovf_i4_un => (int.MinValue, int.MaxValue, IrType.I32),
            ILOpCode.Conv_ovf_u4 or ILOpCode.Conv_ovf_u4_un => (0, uint.MaxValue, IrType.I32),
            ILOpCode.Conv_ovf_i8 or ILOpCode.Conv_ovf_i8_un or ILOpCode.Conv_ovf_i or ILOpCode.Conv_ovf_i_un =>
                (long.MinValue, long.MaxValue, IrType.I64),
            ILOpCode.Conv_ovf_u8 or ILOpCode.Conv_ovf_u8_un or ILOpCode.Conv_ovf_u or ILOpCode.Conv_ovf_u_un =>
                (0, ulong.MaxValue, IrType.I64),
            _ => null,
        };
        if (range is not var (least, most, type))
            return false;
        bool isUnsigned = code.ToString().EndsWith("_un", StringComparison.Ordinal);
        if (PopNumber() is not Constant { Type.IsInteger: true } constant)
            throw DiagnosticKinds.CheckedArithmetic.At(kernel.Location);
        Int128 value = isUnsigned ? constant.Bits : constant.Signed;
        if (value < least || value > most)
            throw DiagnosticKinds.CheckedArithmetic.At(kernel.Location);
        Push(Constant.Integer(type, (long)(ulong)(UInt128)value));
        return true;
    }

    private void ToSmall(MemoryType type) => Push(Narrowing.ToSmall(Ir, To32(PopNumber(), Opcode.ToInteger), type));

    private Value To32(Value value, Opcode ofFloat) => value.Type switch
    {
        IrType.I32 => value,
        IrType.B16 => Ir.Emit(Opcode.ZeroExtend, IrType.I32, value),
        IrType.F32 or IrType.F64 => Ir.Emit(ofFloat, IrType.I32, value),
        _ => Ir.Emit(Opcode.Truncate, IrType.I32, value),
    };

    private Value To64(Value value, Opcode ofInteger, Opcode ofFloat) => value.Type switch
    {
        IrType.I64 => value,
        IrType.F32 or IrType.F64 => Ir.Emit(ofFloat, IrType.I64, value),
        _ => Ir.Emit(ofInteger, IrType.I64, value),
    };

    private Value ToFloat(Value value, IrType type, Opcode ofInteger)
    {
        if (value.Type == type)
            return value;
        return Ir.Emit(value.Type.IsFloat ? Opcode.ConvertFloat : ofInteger, type, value);
    }
}
