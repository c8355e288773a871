using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Ptx;

/// <summary>Turns instructions into PTX, by opcode and type.</summary>
internal sealed class InstructionPrinter(PtxLines lines, Registers registers, FoldedInstructions folded)
{
    private readonly ConversionPrinter conversions = new(lines, registers, folded);
    private readonly MemoryPrinter memory = new(lines, registers, folded);
    private readonly PtxFormPrinter forms = new(lines, registers, folded);

    public void Print(Instruction instruction)
    {
        switch (instruction.Opcode)
        {
            case Opcode.Load or Opcode.Store: memory.Print(instruction); break;
            case Opcode.Parameter: memory.PrintParameter(instruction); break;
            case Opcode.VariableAddress: memory.PrintAddress(instruction); break;
            case Opcode.Ptx: forms.Print(instruction); break;
            case Opcode.Compare: Compare(instruction); break;
            case Opcode.Select: Select(instruction); break;
            case Opcode.Local:
                throw new InvalidOperationException("A thread's variable is left in memory: the passes must make it registers.");
            default:
                if (!conversions.TryPrint(instruction))
                    Arithmetic(instruction);
                break;
        }
    }

    /// <summary>Opcode and type as PTX has them; null if the two don't go together.</summary>
    private static string? Name(Opcode opcode, IrType type)
    {
        string signed = PtxTypes.Number(type), unsigned = PtxTypes.Number(type, isSigned: false), bits = PtxTypes.Bits(type);
        if (type == IrType.Pred || type == IrType.B16)
        {
            return opcode switch
            {
                Opcode.And => $"and.{bits}",
                Opcode.Or => $"or.{bits}",
                Opcode.Xor => $"xor.{bits}",
                Opcode.Not => $"not.{bits}",
                _ => null,
            };
        }
        if (type.IsFloat)
        {
            return opcode switch
            {
                Opcode.Add => $"add.rn.{signed}",
                Opcode.Sub => $"sub.rn.{signed}",
                Opcode.Mul => $"mul.rn.{signed}",
                Opcode.Div => $"div.rn.{signed}",
                Opcode.Neg => $"neg.{signed}",
                _ => null,
            };
        }
        return opcode switch
        {
            Opcode.Add or Opcode.Offset => $"add.{signed}",
            Opcode.Sub => $"sub.{signed}",
            Opcode.Mul => $"mul.lo.{signed}",
            Opcode.Neg => $"neg.{signed}",
            Opcode.Div => $"div.{signed}",
            Opcode.DivU => $"div.{unsigned}",
            Opcode.Rem => $"rem.{signed}",
            Opcode.RemU => $"rem.{unsigned}",
            Opcode.And => $"and.{bits}",
            Opcode.Or => $"or.{bits}",
            Opcode.Xor => $"xor.{bits}",
            Opcode.Not => $"not.{bits}",
            Opcode.Shl => $"shl.{bits}",
            Opcode.Shr => $"shr.{signed}",
            Opcode.ShrU => $"shr.{unsigned}",
            Opcode.Min => $"min.{signed}",
            Opcode.MinU => $"min.{unsigned}",
            Opcode.Max => $"max.{signed}",
            Opcode.MaxU => $"max.{unsigned}",
            Opcode.Mad => $"mad.lo.{signed}",
            Opcode.MulWide => "mul.wide.s32",
            Opcode.MulWideU => "mul.wide.u32",
            Opcode.MadWide => "mad.wide.s32",
            Opcode.MadWideU => "mad.wide.u32",
            _ => null,
        };
    }

    private void Arithmetic(Instruction instruction)
    {
        string name = Name(instruction.Opcode, instruction.Result.Type)
            ?? throw new InvalidOperationException($"{instruction.Opcode} has no meaning for {instruction.Result.Type}.");
        Value[] operands = instruction.Operands;
        string to = registers.Of(instruction.Result);
        switch (operands.Length)
        {
            case 1: lines.Statement(name, to, registers.OrNumber(operands[0])); break;
            case 2: Binary(name, instruction, to); break;
            default:
                lines.Statement(name, to, registers.Of(operands[0]), registers.OrNumber(operands[1]), registers.OrNumber(operands[2]));
                break;
        }
    }

    /// <summary>A number stands on the right where that makes no difference.</summary>
    private void Binary(string name, Instruction instruction, string to)
    {
        Value left = instruction.Operands[0], right = instruction.Operands[1];
        bool commutes = instruction.Opcode is Opcode.Add or Opcode.Mul or Opcode.And or Opcode.Or or Opcode.Xor or Opcode.Offset
            or Opcode.Min or Opcode.Max or Opcode.MinU or Opcode.MaxU or Opcode.MulWide or Opcode.MulWideU;
        if (commutes && folded.Resolve(left) is Constant)
            (left, right) = (right, left);
        lines.Statement(name, to, registers.OrNumber(left), registers.OrNumber(right));
    }

    private void Compare(Instruction instruction)
    {
        Value left = instruction.Operands[0], right = instruction.Operands[1];
        string to = registers.Of(instruction.Result);
        if (left.Type == IrType.Pred)
        {
            lines.Statement("xor.pred", to, registers.Of(left), registers.Of(right));
            if (instruction.Condition == Condition.Eq)
                lines.Statement("not.pred", to, to);
            else if (instruction.Condition != Condition.Ne)
                throw new InvalidOperationException($"Predicates have no order: {instruction.Condition}.");
            return;
        }
        lines.Statement($"setp.{Relation(instruction.Condition, left.Type)}", to, registers.OrNumber(left), registers.OrNumber(right));
    }

    private static string Relation(Condition condition, IrType type)
    {
        string word = condition switch
        {
            Condition.Eq => "eq",
            Condition.Ne => "ne",
            Condition.Lt or Condition.LtU => "lt",
            Condition.Le or Condition.LeU => "le",
            Condition.Gt or Condition.GtU => "gt",
            _ => "ge",
        };
        bool isUnsigned = condition >= Condition.LtU;
        if (type.IsFloat)
            return $"{word}{(isUnsigned || condition == Condition.Ne ? "u" : "")}.{PtxTypes.Number(type)}";
        return $"{word}.{(type == IrType.B16 ? "b16" : PtxTypes.Number(type, !isUnsigned && !type.IsPointer))}";
    }

    private void Select(Instruction instruction)
    {
        (Value condition, bool inverted) = folded.Condition(instruction.Operands[0]);
        Value whenTrue = instruction.Operands[inverted ? 2 : 1], whenFalse = instruction.Operands[inverted ? 1 : 2];
        string to = registers.Of(instruction.Result), by = registers.Of(condition);
        IrType type = instruction.Result.Type;
        if (type == IrType.Pred)
        {
            SelectCondition(to, by, registers.Of(whenTrue), registers.Of(whenFalse));
        }
        else
        {
            lines.Statement(
                $"selp.{PtxTypes.Word(PtxTypes.ClassOf(type))}", to, registers.OrNumber(whenTrue), registers.OrNumber(whenFalse), by);
        }
    }

    /// <summary>selp has no predicates: (by and a) or (not by and b).</summary>
    private void SelectCondition(string to, string by, string whenTrue, string whenFalse)
    {
        string first = registers.Fresh(RegisterClass.Pred), second = registers.Fresh(RegisterClass.Pred);
        lines.Statement("and.pred", first, by, whenTrue);
        lines.Statement("not.pred", second, by);
        lines.Statement("and.pred", second, second, whenFalse);
        lines.Statement("or.pred", to, first, second);
    }
}
