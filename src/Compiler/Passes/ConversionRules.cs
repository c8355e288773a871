using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>Widening, narrowing and reinterpretation.</summary>
internal static class ConversionRules
{
    public static Value? Apply(Instruction instruction, Rewriter rewriter)
    {
        Value operand = instruction.Operands[0];
        return instruction.Opcode switch
        {
            Opcode.ZeroExtend when instruction.Result.Type == IrType.I64 && rewriter.Bounds.IsNonNegative(operand)
                => rewriter.Emit(Opcode.SignExtend, IrType.I64, operand),
            Opcode.ZeroExtendLow or Opcode.SignExtendLow => OfLow(instruction, operand, rewriter),
            Opcode.Truncate => OfTruncate(instruction.Result.Type, operand, rewriter),
            Opcode.Bitcast => OfBitcast(instruction.Result.Type, operand, rewriter),
            _ => null,
        };
    }

    private static Value? OfLow(Instruction instruction, Value operand, Rewriter rewriter)
    {
        bool isZero = instruction.Opcode == Opcode.ZeroExtendLow;
        ulong limit = (1UL << (isZero ? instruction.Bits : instruction.Bits - 1)) - 1;
        if (rewriter.Bounds.MaxOf(operand) <= limit)
            return operand;
        if (operand.Definition is not { } inner)
            return null;
        if (!isZero && inner.Opcode == Opcode.Load && IsSignedWithin(inner.MemoryType, instruction.Bits))
            return operand;
        bool isNarrowing = inner.Opcode is Opcode.ZeroExtendLow or Opcode.SignExtendLow && inner.Bits >= instruction.Bits;
        bool isMask = inner.Opcode == Opcode.And && inner.Operands[1] is Constant mask
            && (~mask.Bits & ((1UL << instruction.Bits) - 1)) == 0;
        return isNarrowing || isMask ? rewriter.Low(instruction.Opcode, inner.Operands[0], instruction.Bits) : null;
    }

    private static bool IsSignedWithin(MemoryType type, int bits) => type == MemoryType.S8 || (type == MemoryType.S16 && bits == 16);

    private static Value? OfTruncate(IrType type, Value operand, Rewriter rewriter)
    {
        if (operand.Definition is not { } inner)
            return null;
        if (type == IrType.B16)
        {
            bool keepsLow = inner.Opcode is Opcode.ZeroExtendLow or Opcode.SignExtendLow && inner.Bits == 16;
            return keepsLow ? rewriter.Emit(Opcode.Truncate, type, inner.Operands[0]) : null;
        }
        if (inner.Opcode is Opcode.Add or Opcode.Sub or Opcode.Mul or Opcode.And or Opcode.Or or Opcode.Xor)
        {
            Value? left = Narrow(inner.Operands[0]), right = Narrow(inner.Operands[1]);
            return left is null || right is null ? null : rewriter.Emit(inner.Opcode, type, left, right);
        }
        if (inner.Opcode == Opcode.Shl && inner.Operands[1] is Constant count && Narrow(inner.Operands[0]) is { } value)
            return count.Bits < 32 ? rewriter.Emit(Opcode.Shl, type, value, count) : Constant.I32(0);
        return null;
    }

    /// <summary>The 32-bit value that a 64-bit one was made of, if it was.</summary>
    private static Value? Narrow(Value value)
    {
        if (value is Constant constant)
            return Constant.I32((int)constant.Bits);
        bool isWidened = value.Definition is { Opcode: Opcode.SignExtend or Opcode.ZeroExtend }
            && value.Definition.Operands[0].Type == IrType.I32;
        return isWidened ? value.Definition!.Operands[0] : null;
    }

    private static Value? OfBitcast(IrType type, Value operand, Rewriter rewriter)
    {
        if (operand.Type == type)
            return operand;
        return operand.Definition is { Opcode: Opcode.Bitcast } inner ? rewriter.Emit(Opcode.Bitcast, type, inner.Operands[0]) : null;
    }
}
