using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>Integer sums and products: constants move to the outside, where they meet or become part of an address.</summary>
internal static class SumRules
{
    public static Value? Apply(Instruction instruction, Rewriter rewriter)
    {
        IrType type = instruction.Result.Type;
        if (!type.IsInteger)
            return null;
        Value left = instruction.Operands[0], right = instruction.Operands[1];
        return instruction.Opcode switch
        {
            Opcode.Add => OfAdd(type, left, right, rewriter),
            Opcode.Sub => OfSub(type, left, right, rewriter),
            _ => right is Constant factor
                ? OfProduct(type, left, factor, rewriter) : rewriter.IsLast ? OfWide(left, right, rewriter) : null,
        };
    }

    /// <summary>x and c of an x + c.</summary>
    public static bool IsSum(Value value, out Value rest, out Constant constant)
    {
        (rest, constant) = (value, null!);
        if (value.Definition is not { Opcode: Opcode.Add } sum || sum.Operands[1] is not Constant known)
            return false;
        (rest, constant) = (sum.Operands[0], known);
        return true;
    }

    private static Value? OfAdd(IrType type, Value left, Value right, Rewriter rewriter)
    {
        if (IsSum(left, out Value rest, out Constant inner))
        {
            if (right is Constant outer)
                return rewriter.Emit(Opcode.Add, type, rest, Constant.Integer(type, inner.Signed + outer.Signed));
            return rewriter.Emit(Opcode.Add, type, rewriter.Emit(Opcode.Add, type, rest, right), inner);
        }
        if (IsSum(right, out rest, out inner))
            return rewriter.Emit(Opcode.Add, type, rewriter.Emit(Opcode.Add, type, left, rest), inner);
        if (left.Definition is { Opcode: Opcode.Sub } difference && ReferenceEquals(difference.Operands[1], right))
            return difference.Operands[0];
        if (right.Definition is { Opcode: Opcode.Sub } other && ReferenceEquals(other.Operands[1], left))
            return other.Operands[0];
        if (right.Definition is { Opcode: Opcode.Neg } negated)
            return rewriter.Emit(Opcode.Sub, type, left, negated.Operands[0]);
        return null;
    }

    private static Value? OfSub(IrType type, Value left, Value right, Rewriter rewriter)
    {
        if (right is Constant constant)
            return rewriter.Emit(Opcode.Add, type, left, Constant.Integer(type, -constant.Signed));
        if (left is Constant { Bits: 0 })
            return rewriter.Emit(Opcode.Neg, type, right);
        if (IsSum(right, out Value rest, out Constant inner))
            return rewriter.Emit(Opcode.Add, type, rewriter.Emit(Opcode.Sub, type, left, rest), Constant.Integer(type, -inner.Signed));
        if (IsSum(left, out rest, out inner))
            return rewriter.Emit(Opcode.Add, type, rewriter.Emit(Opcode.Sub, type, rest, right), inner);
        if (left.Definition is { Opcode: Opcode.Add } sum)
        {
            if (ReferenceEquals(sum.Operands[0], right))
                return sum.Operands[1];
            if (ReferenceEquals(sum.Operands[1], right))
                return sum.Operands[0];
        }
        return null;
    }

    /// <summary>A 64-bit product of two 32-bit values is one instruction.</summary>
    private static Value? OfWide(Value left, Value right, Rewriter rewriter)
    {
        if (left.Type != IrType.I64 || left.Definition is not { } first || right.Definition is not { } second
            || first.Opcode != second.Opcode)
        {
            return null;
        }
        return first.Opcode switch
        {
            Opcode.SignExtend => rewriter.Emit(Opcode.MulWide, IrType.I64, first.Operands[0], second.Operands[0]),
            Opcode.ZeroExtend => rewriter.Emit(Opcode.MulWideU, IrType.I64, first.Operands[0], second.Operands[0]),
            _ => null,
        };
    }

    private static Value? OfProduct(IrType type, Value left, Constant factor, Rewriter rewriter)
    {
        if (factor.Signed == -1)
            return rewriter.Emit(Opcode.Neg, type, left);
        if (IsSum(left, out Value rest, out Constant inner))
        {
            return rewriter.Emit(Opcode.Add, type, rewriter.Emit(Opcode.Mul, type, rest, factor),
                Constant.Integer(type, inner.Signed * factor.Signed));
        }
        if (ulong.IsPow2(factor.Bits))
            return rewriter.Emit(Opcode.Shl, type, left, Constant.I32(int.CreateTruncating(ulong.Log2(factor.Bits))));
        if (left.Definition is not { } definition || definition.Operands.Length != 2 || definition.Operands[1] is not Constant other)
            return null;
        return definition.Opcode switch
        {
            Opcode.Mul => rewriter.Emit(Opcode.Mul, type, definition.Operands[0], Constant.Integer(type, other.Signed * factor.Signed)),
            Opcode.Shl => rewriter.Emit(Opcode.Mul, type, definition.Operands[0], Constant.Integer(type, factor.Signed << (int)other.Bits)),
            _ => null,
        };
    }
}
