using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>Comparisons with constants, and of what C# widened.</summary>
internal static class CompareRules
{
    public static Value? Apply(Instruction instruction, Rewriter rewriter)
    {
        Value left = instruction.Operands[0], right = instruction.Operands[1];
        Condition condition = instruction.Condition;
        if (left is Constant && right is not Constant)
            return rewriter.Compare(Swap(condition), right, left);
        if (left.Type.IsFloat)
            return null;
        if (ReferenceEquals(left, right))
            return Constant.Pred(condition is Condition.Eq or Condition.Le or Condition.Ge or Condition.LeU or Condition.GeU);
        return right is Constant constant ? OfConstant(condition, left, constant, rewriter) : null;
    }

    /// <summary>True exactly when the condition is false: on floats, also for NaN.</summary>
    public static Condition Invert(Condition condition, bool isFloat) => condition switch
    {
        Condition.Eq => Condition.Ne,
        Condition.Ne => Condition.Eq,
        Condition.Lt => isFloat ? Condition.GeU : Condition.Ge,
        Condition.Le => isFloat ? Condition.GtU : Condition.Gt,
        Condition.Gt => isFloat ? Condition.LeU : Condition.Le,
        Condition.Ge => isFloat ? Condition.LtU : Condition.Lt,
        Condition.LtU => isFloat ? Condition.Ge : Condition.GeU,
        Condition.LeU => isFloat ? Condition.Gt : Condition.GtU,
        Condition.GtU => isFloat ? Condition.Le : Condition.LeU,
        _ => isFloat ? Condition.Lt : Condition.LtU,
    };

    private static Condition Swap(Condition condition) => condition switch
    {
        Condition.Lt => Condition.Gt,
        Condition.Le => Condition.Ge,
        Condition.Gt => Condition.Lt,
        Condition.Ge => Condition.Le,
        Condition.LtU => Condition.GtU,
        Condition.LeU => Condition.GeU,
        Condition.GtU => Condition.LtU,
        Condition.GeU => Condition.LeU,
        _ => condition,
    };

    private static Value? OfConstant(Condition condition, Value left, Constant constant, Rewriter rewriter)
    {
        if (OfRange(condition, left, constant, rewriter.Bounds) is { } known)
            return Constant.Pred(known);
        if (condition == Condition.GtU && constant.Bits == 0)
            return rewriter.Compare(Condition.Ne, left, constant);
        if (left.Definition is not { } definition)
            return null;
        bool isEquality = condition is Condition.Eq or Condition.Ne;
        switch (definition.Opcode)
        {
            case Opcode.ZeroExtend when definition.Operands[0].Type == IrType.Pred && isEquality && constant.Bits <= 1:
                bool isSame = (condition == Condition.Ne) == (constant.Bits == 0);
                return isSame ? definition.Operands[0] : rewriter.Emit(Opcode.Not, IrType.Pred, definition.Operands[0]);
            case Opcode.Add when isEquality && definition.Operands[1] is Constant term:
                return rewriter.Compare(condition, definition.Operands[0], Constant.Integer(constant.Type, constant.Signed - term.Signed));
            case Opcode.Sub when isEquality && constant.Bits == 0:
                return rewriter.Compare(condition, definition.Operands[0], definition.Operands[1]);
            case Opcode.SignExtend when constant.Signed == (int)constant.Signed:
                return rewriter.Compare(condition, definition.Operands[0], Constant.I32((int)constant.Signed));
            default:
                return null;
        }
    }

    /// <summary>What the range of the left side says.</summary>
    private static bool? OfRange(Condition condition, Value left, Constant right, Bounds bounds)
    {
        if (left.Type is not (IrType.I32 or IrType.I64))
            return null;
        ulong max = bounds.MaxOf(left);
        switch (condition)
        {
            case Condition.LtU: return right.Bits == 0 ? false : max < right.Bits ? true : null;
            case Condition.LeU: return max <= right.Bits ? true : null;
            case Condition.GtU: return max <= right.Bits ? false : null;
            case Condition.GeU: return right.Bits == 0 ? true : max < right.Bits ? false : null;
            case Condition.Eq: return max < right.Bits ? false : null;
            case Condition.Ne: return max < right.Bits ? true : null;
        }
        if (!bounds.IsNonNegative(left))
            return null;
        bool isAbove = (long)max < right.Signed, isAtMost = (long)max <= right.Signed, isNegative = right.Signed < 0;
        return condition switch
        {
            Condition.Lt => isAbove ? true : right.Signed <= 0 ? false : null,
            Condition.Le => isAtMost ? true : isNegative ? false : null,
            Condition.Gt => isAtMost ? false : isNegative ? true : null,
            _ => isAbove ? false : right.Signed <= 0 ? true : null,
        };
    }
}
