using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>And, or, xor, not: masks that do nothing, constants that meet, and predicates that C# widened to integers.</summary>
internal static class BitRules
{
    public static Value? Apply(Instruction instruction, Rewriter rewriter)
    {
        IrType type = instruction.Result.Type;
        Value left = instruction.Operands[0];
        if (instruction.Opcode == Opcode.Not)
            return type == IrType.Pred ? OfNotPredicate(left, rewriter) : null;
        Value right = instruction.Operands[1];
        if (type == IrType.Pred)
            return instruction.Opcode == Opcode.Xor && right is Constant { Bits: 1 } ? rewriter.Emit(Opcode.Not, type, left) : null;
        if (OfWidenedPredicates(instruction.Opcode, left, right, rewriter) is { } predicate)
            return predicate;
        return right is Constant constant ? OfConstant(instruction.Opcode, type, left, constant, rewriter) : null;
    }

    private static Value? OfNotPredicate(Value operand, Rewriter rewriter)
    {
        if (operand.Definition is not { Opcode: Opcode.Compare } compare)
            return null;
        Condition inverse = CompareRules.Invert(compare.Condition, compare.Operands[0].Type.IsFloat);
        return rewriter.Compare(inverse, compare.Operands[0], compare.Operands[1]);
    }

    private static Value? OfWidenedPredicates(Opcode opcode, Value left, Value right, Rewriter rewriter)
    {
        if (left.Type != IrType.I32 || PredicateOf(left) is not { } first)
            return null;
        Value? second = right is Constant { Bits: <= 1 } constant ? Constant.Pred(constant.Bits == 1) : PredicateOf(right);
        return second is null ? null : rewriter.Emit(Opcode.ZeroExtend, IrType.I32, rewriter.Emit(opcode, IrType.Pred, first, second));
    }

    private static bool IsLowMask(Constant constant) => (constant.Bits & (constant.Bits + 1)) == 0;

    private static Value? PredicateOf(Value value) =>
        value.Definition is { Opcode: Opcode.ZeroExtend } widened && widened.Operands[0].Type == IrType.Pred ? widened.Operands[0] : null;

    private static Value? OfConstant(Opcode opcode, IrType type, Value left, Constant constant, Rewriter rewriter)
    {
        if (opcode == Opcode.And)
        {
            ulong possible = rewriter.Bounds.PossibleBits(left);
            if ((possible & ~constant.Bits) == 0)
                return left;
            if ((possible & constant.Bits) == 0)
                return Constant.Integer(type, 0);
        }
        if (opcode == Opcode.And && IsLowMask(constant) && SumRules.IsSum(left, out Value rest, out Constant term)
            && (term.Bits & constant.Bits) == 0)
        {
            return rewriter.Emit(Opcode.And, type, rest, constant);
        }
        if (left.Definition is not { } definition || definition.Operands.Length != 2 || definition.Operands[1] is not Constant inner)
            return null;
        if (definition.Opcode == opcode)
        {
            ulong bits = opcode switch
            {
                Opcode.And => inner.Bits & constant.Bits,
                Opcode.Or => inner.Bits | constant.Bits,
                _ => inner.Bits ^ constant.Bits,
            };
            return rewriter.Emit(opcode, type, definition.Operands[0], new Constant(type, bits));
        }
        if (opcode != Opcode.And)
            return null;
        ulong below = definition.Opcode == Opcode.Shl ? (1UL << (int)inner.Bits) - 1 : 0;
        if (below != 0 && (constant.Bits & ~below) == (new Constant(type, ulong.MaxValue).Bits & ~below))
            return left;
        return null;
    }
}
