namespace CogVideoX.Compiler.Ir;

/// <summary>Arithmetic on constants, as C# and PTX both define it.</summary>
internal static class ConstantFolding
{
    public static Constant? Of(Instruction instruction)
    {
        var operands = Array.ConvertAll(instruction.Operands, o => (Constant)o);
        IrType type = instruction.Result.Type;
        Constant first = operands[0];
        return instruction.Opcode switch
        {
            Opcode.Ptx or Opcode.Load or Opcode.Local or Opcode.Parameter or Opcode.VariableAddress => null,
            Opcode.Compare => Constant.Pred(Holds(instruction.Condition, first, operands[1])),
            Opcode.Select => first.Bits != 0 ? operands[1] : operands[2],
            Opcode.SignExtend => Constant.Integer(type, first.Signed),
            Opcode.ZeroExtend or Opcode.Truncate or Opcode.Bitcast => new Constant(type, first.Bits),
            Opcode.SignExtendLow => Constant.I32(instruction.Bits == 8 ? (sbyte)first.Bits : (short)first.Bits),
            Opcode.ZeroExtendLow => Constant.I32(instruction.Bits == 8 ? (byte)first.Bits : (ushort)first.Bits),
            Opcode.ToFloat => OfFloat(type, type == IrType.F32 ? (float)first.Signed : (double)first.Signed),
            Opcode.ToFloatU => OfFloat(type, type == IrType.F32 ? (float)first.Bits : (double)first.Bits),
            Opcode.ToInteger => Constant.Integer(type, type == IrType.I32 ? (int)first.Float : (long)first.Float),
            Opcode.ToIntegerU => new Constant(type, type == IrType.I32 ? (uint)first.Float : (ulong)first.Float),
            Opcode.ConvertFloat => OfFloat(type, first.Float),
            Opcode.MulWide => Constant.I64(first.Signed * operands[1].Signed),
            Opcode.MulWideU => new Constant(type, first.Bits * operands[1].Bits),
            Opcode.Not when type == IrType.Pred => Constant.Pred(first.Bits == 0),
            Opcode.Not => new Constant(type, ~first.Bits),
            Opcode.Neg => type.IsFloat ? OfFloat(type, -first.Float) : Constant.Integer(type, -first.Signed),
            _ when operands.Length == 2 && type.IsFloat => OfFloats(instruction.Opcode, type, first, operands[1]),
            _ when operands.Length == 2 && !type.IsPointer => OfIntegers(instruction.Opcode, type, first, operands[1]),
            _ => null,
        };
    }

    public static bool Holds(Condition condition, Constant left, Constant right)
    {
        if (left.Type.IsFloat)
        {
            double a = left.Float, b = right.Float;
            bool unordered = double.IsNaN(a) || double.IsNaN(b);
            return condition switch
            {
                Condition.Eq => a == b,
                Condition.Ne => a != b,
                Condition.Lt or Condition.LtU => a < b || (condition == Condition.LtU && unordered),
                Condition.Le or Condition.LeU => a <= b || (condition == Condition.LeU && unordered),
                Condition.Gt or Condition.GtU => a > b || (condition == Condition.GtU && unordered),
                _ => a >= b || (condition == Condition.GeU && unordered),
            };
        }
        return condition switch
        {
            Condition.Eq => left.Bits == right.Bits,
            Condition.Ne => left.Bits != right.Bits,
            Condition.Lt => left.Signed < right.Signed,
            Condition.Le => left.Signed <= right.Signed,
            Condition.Gt => left.Signed > right.Signed,
            Condition.Ge => left.Signed >= right.Signed,
            Condition.LtU => left.Bits < right.Bits,
            Condition.LeU => left.Bits <= right.Bits,
            Condition.GtU => left.Bits > right.Bits,
            _ => left.Bits >= right.Bits,
        };
    }

    private static Constant OfFloat(IrType type, double value) => type == IrType.F32 ? Constant.F32((float)value) : Constant.F64(value);

    private static Constant? OfFloats(Opcode opcode, IrType type, Constant a, Constant b)
    {
        if (type == IrType.F32)
        {
            float x = (float)a.Float, y = (float)b.Float;
            return opcode switch
            {
                Opcode.Add => Constant.F32(x + y),
                Opcode.Sub => Constant.F32(x - y),
                Opcode.Mul => Constant.F32(x * y),
                Opcode.Div => Constant.F32(x / y),
                _ => null,
            };
        }
        return opcode switch
        {
            Opcode.Add => Constant.F64(a.Float + b.Float),
            Opcode.Sub => Constant.F64(a.Float - b.Float),
            Opcode.Mul => Constant.F64(a.Float * b.Float),
            Opcode.Div => Constant.F64(a.Float / b.Float),
            _ => null,
        };
    }

    private static Constant? OfIntegers(Opcode opcode, IrType type, Constant a, Constant b)
    {
        long x = a.Signed, y = b.Signed;
        int count = (int)b.Bits & (type.Bits - 1);
        return opcode switch
        {
            Opcode.Add => Constant.Integer(type, x + y),
            Opcode.Sub => Constant.Integer(type, x - y),
            Opcode.Mul => Constant.Integer(type, x * y),
            Opcode.Div or Opcode.Rem when y == 0 || (y == -1 && x == -x) => null,
            Opcode.Div => Constant.Integer(type, x / y),
            Opcode.Rem => Constant.Integer(type, x % y),
            Opcode.DivU or Opcode.RemU when b.Bits == 0 => null,
            Opcode.DivU => new Constant(type, a.Bits / b.Bits),
            Opcode.RemU => new Constant(type, a.Bits % b.Bits),
            Opcode.And => new Constant(type, a.Bits & b.Bits),
            Opcode.Or => new Constant(type, a.Bits | b.Bits),
            Opcode.Xor => new Constant(type, a.Bits ^ b.Bits),
            Opcode.Shl => Constant.Integer(type, x << count),
            Opcode.Shr => Constant.Integer(type, x >> count),
            Opcode.ShrU => new Constant(type, a.Bits >> count),
            Opcode.Min => Constant.Integer(type, Math.Min(x, y)),
            Opcode.Max => Constant.Integer(type, Math.Max(x, y)),
            Opcode.MinU => new Constant(type, Math.Min(a.Bits, b.Bits)),
            Opcode.MaxU => new Constant(type, Math.Max(a.Bits, b.Bits)),
            _ => null,
        };
    }
}
