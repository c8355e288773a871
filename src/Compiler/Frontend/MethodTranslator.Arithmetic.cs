using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Frontend.Il;
using CogVideoX.Compiler.Ir;
using ILOpCode = System.Reflection.Metadata.ILOpCode;

namespace CogVideoX.Compiler.Frontend;

/// <summary>Arithmetic, and comparisons that leave a number.</summary>
internal sealed partial class MethodTranslator
{
    private bool TranslateArithmetic(IlInstruction instruction, int index)
    {
        switch (instruction.OpCode)
        {
            case ILOpCode.Add:
                Add();
                break;
            case ILOpCode.Sub:
                Subtract();
                break;
            case ILOpCode.Shl:
                Shift(Opcode.Shl);
                break;
            case ILOpCode.Shr:
                Shift(Opcode.Shr);
                break;
            case ILOpCode.Shr_un:
                Shift(Opcode.ShrU);
                break;
            case ILOpCode.Neg or ILOpCode.Not:
                Value operand = PopNumber();
                Push(Ir.Emit(instruction.OpCode == ILOpCode.Neg ? Opcode.Neg : Opcode.Not, operand.Type, operand));
                break;
            case ILOpCode.Rem when IsFloat(stack.Peek()):
                throw DiagnosticKinds.FloatRemainder.At(kernel.Location);
            case ILOpCode.Ceq:
                PushComparison(Condition.Eq);
                break;
            case ILOpCode.Cgt:
                PushComparison(Condition.Gt);
                break;
            case ILOpCode.Cgt_un:
                PushComparison(Condition.GtU);
                break;
            case ILOpCode.Clt:
                PushComparison(Condition.Lt);
                break;
            case ILOpCode.Clt_un:
                PushComparison(Condition.LtU);
                break;
            default:
                return TranslateChecked(instruction.OpCode, index) || TranslateBinary(instruction.OpCode);
        }
        return true;
    }

    private bool TranslateBinary(ILOpCode code)
    {
        Opcode? opcode = code switch
        {
            ILOpCode.Mul => Opcode.Mul,
            ILOpCode.Div => Opcode.Div,
            ILOpCode.Div_un => Opcode.DivU,
            ILOpCode.Rem => Opcode.Rem,
            ILOpCode.Rem_un => Opcode.RemU,
            ILOpCode.And => Opcode.And,
            ILOpCode.Or => Opcode.Or,
            ILOpCode.Xor => Opcode.Xor,
            _ => null,
        };
        if (opcode is null)
            return false;
        (Value left, Value right) = PopPair();
        Push(Ir.Emit(opcode.Value, left.Type, left, right));
        return true;
    }

    /// <summary>Checked arithmetic is allowed where constants show that it doesn't overflow (C# sizes a stackalloc that way).</summary>
    private bool TranslateChecked(ILOpCode code, int index)
    {
        if (code is not (ILOpCode.Add_ovf or ILOpCode.Add_ovf_un or ILOpCode.Sub_ovf or ILOpCode.Sub_ovf_un or ILOpCode.Mul_ovf
            or ILOpCode.Mul_ovf_un))
        {
            return false;
        }
        (Value left, Value right) = PopPair();
        if (left is not Constant a || right is not Constant b)
        {
            bool isStackAllocation = method.Instructions[index + 1].OpCode == ILOpCode.Localloc;
            throw (isStackAllocation ? DiagnosticKinds.RegistersSize : DiagnosticKinds.CheckedArithmetic).At(kernel.Location);
        }
        bool isUnsigned = code is ILOpCode.Add_ovf_un or ILOpCode.Sub_ovf_un or ILOpCode.Mul_ovf_un;
        Int128 x = isUnsigned ? a.Bits : a.Signed, y = isUnsigned ? b.Bits : b.Signed;
        Int128 exact = code switch
        {
            ILOpCode.Add_ovf or ILOpCode.Add_ovf_un => x + y,
            ILOpCode.Sub_ovf or ILOpCode.Sub_ovf_un => x - y,
            _ => x * y,
        };
        var result = new Constant(a.Type, (ulong)(UInt128)exact);
        if ((isUnsigned ? (Int128)result.Bits : result.Signed) != exact)
            throw DiagnosticKinds.CheckedArithmetic.At(kernel.Location);
        Push(result);
        return true;
    }

    private void Add()
    {
        StackValue right = Pop(), left = Pop();
        if (left.IsPointer && !right.IsPointer)
            stack.Push(Memory.Offset(left, kernel.Scalar(right)));
        else if (right.IsPointer && !left.IsPointer)
            stack.Push(Memory.Offset(right, kernel.Scalar(left)));
        else
            PushBinary(Opcode.Add, left, right);
    }

    private void Subtract()
    {
        StackValue right = Pop(), left = Pop();
        if (left.IsPointer && !right.IsPointer)
        {
            Value bytes = kernel.Scalar(right);
            stack.Push(Memory.Offset(left, Ir.Emit(Opcode.Neg, bytes.Type, bytes)));
        }
        else if (left.IsPointer && right.IsPointer && ReferenceEquals(left.Leaves[0], right.Leaves[0]))
        {
            Push(Constant.I64(left.Offset - right.Offset));
        }
        else
        {
            PushBinary(Opcode.Sub, left, right);
        }
    }

    private void PushBinary(Opcode opcode, StackValue left, StackValue right)
    {
        (Value a, Value b) = Unify(kernel.Number(left), kernel.Number(right));
        Push(Ir.Emit(opcode, a.Type, a, b));
    }

    private void Shift(Opcode opcode)
    {
        Value count = Narrowing.To32(Ir, PopNumber()), value = PopNumber();
        Push(Ir.Emit(opcode, value.Type, value, count));
    }

    private (Value Left, Value Right) PopPair()
    {
        Value right = PopNumber(), left = PopNumber();
        return Unify(left, right);
    }

    /// <summary>IL mixes native integers with 32-bit ones, and (rarely) the two floats.</summary>
    private (Value Left, Value Right) Unify(Value left, Value right)
    {
        if (left.Type == right.Type)
            return (left, right);
        IrType type = left.Type.Bits > right.Type.Bits ? left.Type : right.Type;
        return (Widen(left, type), Widen(right, type));
    }

    private Value Widen(Value value, IrType type)
    {
        if (value.Type == type)
            return value;
        Opcode? opcode = (value.Type, type) switch
        {
            (IrType.I32, IrType.I64) => Opcode.SignExtend,
            (IrType.F32, IrType.F64) => Opcode.ConvertFloat,
            _ => null,
        };
        return opcode is null
            ? throw DiagnosticKinds.Instruction.At(kernel.Location, $"an operation on {value.Type} and {type}")
            : Ir.Emit(opcode.Value, type, value);
    }

    private static bool IsFloat(StackValue value) => value.Leaves is [{ Type.IsFloat: true }];

    private void PushComparison(Condition condition) => Push(Ir.Emit(Opcode.ZeroExtend, IrType.I32, PopComparison(condition)));

    /// <summary>A predicate from the two values on top.</summary>
    private Value PopComparison(Condition condition)
    {
        StackValue right = Pop(), left = Pop();
        if (left.Known is not null || right.Known is not null)
            return CompareKnown(condition, left, right);
        if (left.IsPointer && right.IsPointer && ReferenceEquals(left.Leaves[0], right.Leaves[0]))
            return Constant.Pred(ConstantFolding.Holds(condition, Constant.I64(left.Offset), Constant.I64(right.Offset)));
        if (IsLocalAgainstNull(left, right) || IsLocalAgainstNull(right, left))
            return Constant.Pred(condition is not (Condition.Eq or Condition.Lt or Condition.LtU));
        (Value a, Value b) = Unify(kernel.Number(left), kernel.Number(right));
        if (condition is Condition.Eq && b is Constant { Bits: 0, Type: IrType.I32 }
            && a.Definition is { Opcode: Opcode.ZeroExtend } widened
            && widened.Operands[0].Type == IrType.Pred)
        {
            return Ir.Emit(Opcode.Not, IrType.Pred, widened.Operands[0]);
        }
        return Ir.Compare(condition, a, b);
    }

    private static bool IsLocalAgainstNull(StackValue place, StackValue other) =>
        place.IsPointer && place.Leaves[0].Type == IrType.LocalPtr && other.Constant is { Bits: 0 };

    /// <summary>Generic code compares boxed values and types with null.</summary>
    private Value CompareKnown(Condition condition, StackValue left, StackValue right)
    {
        bool isEqual = Equals(left.Known, right.Known);
        return condition switch
        {
            Condition.Eq => Constant.Pred(isEqual),
            Condition.Ne or Condition.GtU => Constant.Pred(!isEqual),
            _ => throw kernel.Refuse(left.Known ?? right.Known!),
        };
    }
}
