using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>Shifts by constants.</summary>
internal static class ShiftRules
{
    public static Value? Apply(Instruction instruction, Rewriter rewriter)
    {
        IrType type = instruction.Result.Type;
        Value value = instruction.Operands[0];
        if (instruction.Operands[1] is not Constant amount)
            return OfMaskedCount(instruction, rewriter);
        int count = (int)amount.Bits;
        if (instruction.Opcode == Opcode.Shr && rewriter.Bounds.IsNonNegative(value))
            return rewriter.Emit(Opcode.ShrU, type, value, amount);
        if (instruction.Opcode == Opcode.ShrU && rewriter.Bounds.MaxOf(value) >> count == 0)
            return Constant.Integer(type, 0);
        if (instruction.Opcode == Opcode.Shl && SumRules.IsSum(value, out Value rest, out Constant inner))
        {
            return rewriter.Emit(
                Opcode.Add, type, rewriter.Emit(Opcode.Shl, type, rest, amount), Constant.Integer(type, inner.Signed << count));
        }
        if (instruction.Opcode == Opcode.ShrU && OfSum(value, count, type, rewriter) is { } sum)
            return sum;
        if (value.Definition is not { } definition || definition.Operands.Length != 2 || definition.Operands[1] is not Constant other)
            return null;
        return OfPair(instruction.Opcode, definition.Opcode, definition.Operands[0], other, count, type, rewriter);
    }

    /// <summary>(x + c) >> n is (x >> n) + (c >> n) if the sum doesn't wrap and c has no bits that are shifted out.</summary>
    private static Value? OfSum(Value value, int count, IrType type, Rewriter rewriter)
    {
        if (!SumRules.IsSum(value, out Value rest, out Constant constant) || constant.Signed < 0)
            return null;
        bool isWhole = (constant.Bits >> count) << count == constant.Bits;
        if (!isWhole || rewriter.Bounds.MaxOf(rest) > (ulong)(type.Bits == 64 ? long.MaxValue : int.MaxValue) - constant.Bits)
            return null;
        return rewriter.Emit(
            Opcode.Add, type, rewriter.Emit(Opcode.ShrU, type, rest, Constant.I32(count)), new Constant(type, constant.Bits >> count));
    }

    /// <summary>A shift of another operation by a constant.</summary>
    private static Value? OfPair(Opcode outer, Opcode inner, Value value, Constant other, int count, IrType type, Rewriter rewriter)
    {
        int first = (int)other.Bits;
        if (inner == outer)
        {
            if (first + count < type.Bits)
                return rewriter.Emit(outer, type, value, Constant.I32(first + count));
            return outer == Opcode.Shr ? rewriter.Emit(outer, type, value, Constant.I32(type.Bits - 1)) : Constant.Integer(type, 0);
        }
        if (outer == Opcode.Shl && inner == Opcode.ShrU && first == count)
            return rewriter.Emit(Opcode.And, type, value, Constant.Integer(type, -1L << count));
        if (outer == Opcode.ShrU && inner == Opcode.Shl && first == count)
        {
            ulong mask = (type.Bits == 64 ? ulong.MaxValue : uint.MaxValue) >> count;
            return rewriter.Emit(Opcode.And, type, value, new Constant(type, mask));
        }
        if (outer == Opcode.Shl && inner == Opcode.Mul)
            return rewriter.Emit(Opcode.Mul, type, value, Constant.Integer(type, other.Signed << count));
        return null;
    }

    /// <summary>C# masks shift counts; a mask that the count can't exceed goes (it goes by itself), the others stay for PTX.</summary>
    private static Value? OfMaskedCount(Instruction instruction, Rewriter rewriter) =>
        rewriter.Bounds.MaxOf(instruction.Operands[0]) == 0 ? Constant.Integer(instruction.Result.Type, 0) : null;
}
