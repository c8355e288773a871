namespace CogVideoX.Compiler.Ir;

/// <summary>The types that <see cref="Opcode"/> documents.</summary>
internal static class VerifierTypes
{
    public static void Check(Instruction instruction, VerifierStage stage)
    {
        bool isRight = instruction.Opcode switch
        {
            Opcode.Load or Opcode.Store => IsAccess(instruction, stage),
            Opcode.Ptx => IsPtx(instruction, stage),
            Opcode.VariableAddress => instruction.Operands.Length == 0 && instruction.Variable is { } v && Has(instruction, v.PointerType),
            Opcode.Parameter => instruction.Operands.Length == 0 && instruction.Parameter is { } p
                && Has(instruction, p.OpaqueBytes > 0 ? IrType.I64 : p.Struct is null ? p.Type.Register : instruction.MemoryType.Register),
            _ => instruction.Results.Length == 1 && Array.TrueForAll(instruction.Operands, o => o is not null)
                && IsOperation(instruction, Array.ConvertAll(instruction.Operands, o => o.Type), instruction.Results[0].Type),
        };
        if (isRight)
            return;
        string operands = string.Join(", ", instruction.Operands.Select(o => o.Type));
        string results = string.Join(", ", instruction.Results.Select(r => r.Type));
        throw new VerifierException(
            $"{instruction.Opcode} ({instruction.MemoryType}, alignment {instruction.Alignment}) can't take ({operands}) and give "
            + $"({results}) in stage {stage}");
    }

    private static bool Has(Instruction instruction, IrType result) =>
        instruction.Results.Length == 1 && instruction.Results[0].Type == result;

    private static bool IsOperation(Instruction instruction, IrType[] operands, IrType result) => instruction.Opcode switch
    {
        Opcode.Add or Opcode.Sub or Opcode.Mul or Opcode.Div => All(operands, 2, result) && (result.IsInteger || result.IsFloat),
        Opcode.Neg => All(operands, 1, result) && (result.IsInteger || result.IsFloat),
        Opcode.DivU or Opcode.Rem or Opcode.RemU or Opcode.Min or Opcode.MinU or Opcode.Max or Opcode.MaxU =>
            All(operands, 2, result) && result.IsInteger,
        Opcode.And or Opcode.Or or Opcode.Xor => All(operands, 2, result) && (result.IsInteger || result == IrType.Pred),
        Opcode.Not => All(operands, 1, result) && (result.IsInteger || result == IrType.Pred),
        Opcode.Shl or Opcode.Shr or Opcode.ShrU =>
            operands.Length == 2 && operands[0] == result && operands[1] == IrType.I32 && result.IsInteger,
        Opcode.Mad => All(operands, 3, result) && result.IsInteger,
        Opcode.MulWide or Opcode.MulWideU => All(operands, 2, IrType.I32) && result == IrType.I64,
        Opcode.MadWide or Opcode.MadWideU =>
            operands is [IrType.I32, IrType.I32, var sum] && sum == result && result.Bits == 64 && !result.IsFloat,
        Opcode.Compare =>
            operands.Length == 2 && operands[0] == operands[1] && operands[0] is not (IrType.B16 or IrType.Pred) && result == IrType.Pred,
        Opcode.Select => operands.Length == 3 && operands[0] == IrType.Pred && operands[1] == result && operands[2] == result,
        Opcode.Offset => operands.Length == 2 && operands[0] == result && result.IsPointer
            && operands[1] == (result == IrType.SharedPtr ? IrType.I32 : IrType.I64),
        Opcode.Local => operands is [IrType.I32] && result == IrType.LocalPtr,
        _ => operands.Length == 1 && IsConversion(instruction, operands[0], result),
    };

    private static bool IsConversion(Instruction instruction, IrType from, IrType to) => instruction.Opcode switch
    {
        Opcode.SignExtend => from == IrType.I32 && to == IrType.I64,
        Opcode.ZeroExtend => (from, to) is (IrType.I32, IrType.I64) or (IrType.Pred, IrType.I32) or (IrType.B16, IrType.I32),
        Opcode.Truncate => (from, to) is (IrType.I64, IrType.I32) or (IrType.I32, IrType.B16),
        Opcode.SignExtendLow or Opcode.ZeroExtendLow => from == IrType.I32 && to == IrType.I32 && instruction.Bits is 8 or 16,
        Opcode.ToFloat or Opcode.ToFloatU => from.IsInteger && to.IsFloat,
        Opcode.ToInteger or Opcode.ToIntegerU => from.IsFloat && to.IsInteger,
        Opcode.ConvertFloat => from.IsFloat && to.IsFloat && from != to,
        Opcode.Bitcast => from.Bits == to.Bits && from.Bits >= 32,
        _ => false,
    };

    private static bool All(IrType[] operands, int count, IrType type) =>
        operands.Length == count && Array.TrueForAll(operands, o => o == type);

    private static bool IsAccess(Instruction access, VerifierStage stage)
    {
        if (access.Operands.Length == 0 || !access.Operands[0].Type.IsPointer || !int.IsPow2(access.Alignment))
            return false;
        IrType register = access.MemoryType.Register;
        bool isLoad = access.Opcode == Opcode.Load;
        int count = isLoad ? access.Results.Length : access.Operands.Length - 1;
        if (isLoad ? access.Operands.Length != 1 : access.Results.Length != 0)
            return false;
        if (!Array.TrueForAll(access.Results, r => r.Type == register) || access.Operands.Skip(1).Any(o => o.Type != register))
            return false;
        if (count == 1)
            return true;
        bool isVector = count is 2 or 4 && access.MemoryType.Bytes * count is var bytes && bytes <= 16 && access.Alignment >= bytes;
        return isVector && stage != VerifierStage.Frontend;
    }

    private static bool IsPtx(Instruction instruction, VerifierStage stage)
    {
        if (instruction.Ptx is not { } form)
            return false;
        foreach (PtxFormOperand operand in form.Operands.Values)
        {
            bool isRead = operand.FirstOperand >= 0, isWritten = operand.FirstResult >= 0;
            if (isRead && operand.FirstOperand + operand.Count > instruction.Operands.Length)
                return false;
            if (isWritten && operand.FirstResult + operand.Count > instruction.Results.Length)
                return false;
            for (int i = 0; i < operand.Count; i++)
            {
                Value? read = isRead ? instruction.Operands[operand.FirstOperand + i] : null;
                if (isRead && isWritten && read!.Type != instruction.Results[operand.FirstResult + i].Type)
                    return false;
                if (isRead && operand.IsImmediate && stage == VerifierStage.Final && read is not Constant)
                    return false;
            }
        }
        return true;
    }
}
