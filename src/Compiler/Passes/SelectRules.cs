using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>Selections that are something simpler.</summary>
internal static class SelectRules
{
    public static Value? Apply(Instruction instruction, Rewriter rewriter)
    {
        Value condition = instruction.Operands[0], whenTrue = instruction.Operands[1], whenFalse = instruction.Operands[2];
        IrType type = instruction.Result.Type;
        if (Folding.SameConstant(whenTrue, whenFalse))
            return whenTrue;
        if (condition.Definition is { Opcode: Opcode.Not } negated)
            return rewriter.Emit(Opcode.Select, type, negated.Operands[0], whenFalse, whenTrue);
        if (type == IrType.Pred)
            return OfPredicates(condition, whenTrue, whenFalse, rewriter);
        if (type == IrType.I32 && whenFalse is Constant { Bits: 0 } && whenTrue is Constant { Bits: 1 })
            return rewriter.Emit(Opcode.ZeroExtend, type, condition);
        if (type == IrType.I32 && whenFalse is Constant { Bits: 1 } && whenTrue is Constant { Bits: 0 })
            return rewriter.Emit(Opcode.ZeroExtend, type, rewriter.Emit(Opcode.Not, IrType.Pred, condition));
        return type.IsInteger && condition.Definition is { Opcode: Opcode.Compare } compare
            ? OfCompare(compare, whenTrue, whenFalse, rewriter) : null;
    }

    private static Value? OfPredicates(Value condition, Value whenTrue, Value whenFalse, Rewriter rewriter)
    {
        if (whenFalse is Constant { Bits: 0 })
            return rewriter.Emit(Opcode.And, IrType.Pred, condition, whenTrue);
        if (whenTrue is Constant { Bits: 1 })
            return rewriter.Emit(Opcode.Or, IrType.Pred, condition, whenFalse);
        Value inverse = rewriter.Emit(Opcode.Not, IrType.Pred, condition);
        if (whenTrue is Constant)
            return rewriter.Emit(Opcode.And, IrType.Pred, inverse, whenFalse);
        if (whenFalse is Constant)
            return rewriter.Emit(Opcode.Or, IrType.Pred, inverse, whenTrue);
        Value first = rewriter.Emit(Opcode.And, IrType.Pred, condition, whenTrue);
        Value second = rewriter.Emit(Opcode.And, IrType.Pred, inverse, whenFalse);
        return rewriter.Emit(Opcode.Or, IrType.Pred, first, second);
    }

    /// <summary>The smaller or larger of the two that are compared.</summary>
    private static Value? OfCompare(Instruction compare, Value whenTrue, Value whenFalse, Rewriter rewriter)
    {
        Value left = compare.Operands[0], right = compare.Operands[1];
        bool isStraight = IsSame(left, whenTrue) && IsSame(right, whenFalse), isTurned = IsSame(left, whenFalse) && IsSame(right, whenTrue);
        if (!isStraight && !isTurned)
            return null;
        Opcode? opcode = compare.Condition switch
        {
            Condition.Lt or Condition.Le => isStraight ? Opcode.Min : Opcode.Max,
            Condition.Gt or Condition.Ge => isStraight ? Opcode.Max : Opcode.Min,
            Condition.LtU or Condition.LeU => isStraight ? Opcode.MinU : Opcode.MaxU,
            Condition.GtU or Condition.GeU => isStraight ? Opcode.MaxU : Opcode.MinU,
            _ => null,
        };
        return opcode is { } known ? rewriter.Emit(known, left.Type, left, right) : null;
    }

    private static bool IsSame(Value a, Value b) => ReferenceEquals(a, b) || Folding.SameConstant(a, b);
}
