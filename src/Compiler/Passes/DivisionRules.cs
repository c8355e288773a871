using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>Integer division by constants.</summary>
internal static class DivisionRules
{
    public static Value? Apply(Instruction instruction, Rewriter rewriter)
    {
        IrType type = instruction.Result.Type;
        if (!type.IsInteger)
            return null;
        Value left = instruction.Operands[0], right = instruction.Operands[1];
        bool isSigned = instruction.Opcode is Opcode.Div or Opcode.Rem;
        bool isRemainder = instruction.Opcode is Opcode.Rem or Opcode.RemU;
        if (isSigned && rewriter.Bounds.IsNonNegative(left) && rewriter.Bounds.IsNonNegative(right))
            return rewriter.Emit(isRemainder ? Opcode.RemU : Opcode.DivU, type, left, right);
        if (right is not Constant divisor || divisor.Bits == 0)
            return null;
        if (isSigned)
        {
            return rewriter.IsLast && divisor.Signed > 1 && ulong.IsPow2(divisor.Bits)
                ? OfSigned(type, left, divisor, isRemainder, rewriter) : null;
        }
        if (rewriter.Bounds.MaxOf(left) < divisor.Bits)
            return isRemainder ? left : Constant.Integer(type, 0);
        if (!ulong.IsPow2(divisor.Bits))
            return null;
        return isRemainder
            ? rewriter.Emit(Opcode.And, type, left, new Constant(type, divisor.Bits - 1))
            : rewriter.Emit(Opcode.ShrU, type, left, Constant.I32((int)ulong.Log2(divisor.Bits)));
    }

    /// <summary>Rounds toward zero: adds divisor - 1 to negative dividends before the shift.</summary>
    private static Value OfSigned(IrType type, Value left, Constant divisor, bool isRemainder, Rewriter rewriter)
    {
        int shift = (int)ulong.Log2(divisor.Bits);
        Value sign = rewriter.Emit(Opcode.Shr, type, left, Constant.I32(type.Bits - 1));
        Value bias = rewriter.Emit(Opcode.ShrU, type, sign, Constant.I32(type.Bits - shift));
        Value sum = rewriter.Emit(Opcode.Add, type, left, bias);
        if (!isRemainder)
            return rewriter.Emit(Opcode.Shr, type, sum, Constant.I32(shift));
        Value multiple = rewriter.Emit(Opcode.And, type, sum, Constant.Integer(type, -divisor.Signed));
        return rewriter.Emit(Opcode.Sub, type, left, multiple);
    }
}
