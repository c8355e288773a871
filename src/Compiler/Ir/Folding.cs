namespace CogVideoX.Compiler.Ir;

/// <summary>Results that are known without running: constants, and identities that return one of the operands.</summary>
internal static class Folding
{
    /// <summary>The value that the instruction's result always has, or null.</summary>
    public static Value? Of(Instruction instruction)
    {
        if (instruction.Results.Length != 1)
            return null;
        Value[] operands = instruction.Operands;
        if (operands.Length > 0 && Array.TrueForAll(operands, o => o is Constant))
            return ConstantFolding.Of(instruction);
        return operands.Length switch
        {
            1 => OfOne(instruction, operands[0]),
            2 => OfTwo(instruction, operands[0], operands[1]),
            3 when instruction.Opcode == Opcode.Select => OfSelect(operands[0], operands[1], operands[2]),
            _ => null,
        };
    }

    /// <summary>Whether both are constants, of one type and the same bits.</summary>
    public static bool SameConstant(Value a, Value b) =>
        a is Constant left && b is Constant right && left.Type == right.Type && left.Bits == right.Bits;

    private static Value? OfSelect(Value condition, Value whenTrue, Value whenFalse) =>
        condition is Constant known ? known.Bits != 0 ? whenTrue : whenFalse
        : ReferenceEquals(whenTrue, whenFalse) ? whenTrue
        : whenTrue is Constant { Type: IrType.Pred, Bits: 1 } && whenFalse is Constant { Bits: 0 } ? condition : null;

    private static Value? OfOne(Instruction instruction, Value operand)
    {
        if (operand.Definition is not { } inner)
            return null;
        return instruction.Opcode switch
        {
            Opcode.Not or Opcode.Neg when inner.Opcode == instruction.Opcode && !operand.Type.IsFloat => inner.Operands[0],
            Opcode.Bitcast when inner.Opcode == Opcode.Bitcast && inner.Operands[0].Type == instruction.Result.Type => inner.Operands[0],
            Opcode.Truncate when inner.Opcode is Opcode.SignExtend or Opcode.ZeroExtend && inner.Operands[0].Type == instruction.Result.Type
                => inner.Operands[0],
            Opcode.ZeroExtendLow or Opcode.SignExtendLow when inner.Opcode == instruction.Opcode && inner.Bits <= instruction.Bits =>
                operand,
            _ => null,
        };
    }

    private static Value? OfTwo(Instruction instruction, Value left, Value right)
    {
        if (right is Constant constant)
        {
            if (instruction.Opcode == Opcode.Compare)
                return OfPredicateTest(instruction.Condition, left, constant);
            if (!left.Type.IsFloat && OfIntegerIdentity(instruction.Opcode, left, constant) is { } known)
                return known;
        }
        return left is Constant first && !right.Type.IsFloat ? instruction.Opcode switch
        {
            Opcode.Add or Opcode.Or or Opcode.Xor when first.Bits == 0 => right,
            Opcode.Mul when first.Signed == 1 => right,
            Opcode.And when first.Signed == -1 || (first.Type == IrType.Pred && first.Bits == 1) => right,
            Opcode.Mul or Opcode.And when first.Bits == 0 => first,
            Opcode.Shl or Opcode.Shr or Opcode.ShrU when first.Bits == 0 => first,
            _ => null,
        }
        : OfEqual(instruction.Opcode, left, right);
    }

    private static Value? OfIntegerIdentity(Opcode opcode, Value left, Constant right) => opcode switch
    {
        Opcode.Add or Opcode.Sub or Opcode.Or or Opcode.Xor or Opcode.Offset or Opcode.Shl or Opcode.Shr
            or Opcode.ShrU when right.Bits == 0 =>
            left,
        Opcode.Mul or Opcode.Div or Opcode.DivU when right.Signed == 1 => left,
        Opcode.And when right.Signed == -1 || (right.Type == IrType.Pred && right.Bits == 1) => left,
        Opcode.Mul or Opcode.And when right.Bits == 0 => right,
        Opcode.Rem or Opcode.RemU when right.Signed == 1 => Constant.Integer(right.Type, 0),
        Opcode.Or when right.Type == IrType.Pred && right.Bits == 1 => right,
        _ => null,
    };

    private static Value? OfEqual(Opcode opcode, Value left, Value right)
    {
        if (!ReferenceEquals(left, right) || left.Type.IsFloat)
            return null;
        return opcode switch
        {
            Opcode.And or Opcode.Or or Opcode.Min or Opcode.Max or Opcode.MinU or Opcode.MaxU => left,
            Opcode.Sub or Opcode.Xor => left.Type.IsInteger || left.Type == IrType.Pred ? new Constant(left.Type, 0) : null,
            _ => null,
        };
    }

    /// <summary>C# turns a comparison to an int and tests that against zero: that is the comparison itself.</summary>
    private static Value? OfPredicateTest(Condition condition, Value left, Constant right) =>
        left.Definition is { Opcode: Opcode.ZeroExtend } widened && widened.Operands[0].Type == IrType.Pred
            && ((condition is Condition.Ne or Condition.GtU && right.Bits == 0) || (condition == Condition.Eq && right.Bits == 1))
            ? widened.Operands[0] : null;
}
