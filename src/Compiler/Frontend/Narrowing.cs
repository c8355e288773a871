using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend;

/// <summary>Integers that are computed wider than they need to be.</summary>
internal static class Narrowing
{
    /// <summary>The low half of a 64-bit integer, computed in 32 bits: C# widens every index, and shared addresses have 32 bits.</summary>
    public static Value To32(IrBuilder ir, Value value)
    {
        if (value.Type == IrType.I32)
            return value;
        if (value is Constant constant)
            return Constant.I32((int)constant.Bits);
        if (value.Definition is { } made)
        {
            if (made.Opcode is Opcode.SignExtend or Opcode.ZeroExtend && made.Operands[0].Type == IrType.I32)
                return made.Operands[0];
            if (made.Opcode is Opcode.Add or Opcode.Sub or Opcode.Mul)
                return ir.Emit(made.Opcode, IrType.I32, To32(ir, made.Operands[0]), To32(ir, made.Operands[1]));
        }
        return ir.Emit(Opcode.Truncate, IrType.I32, value);
    }

    /// <summary>What is left of an I32 in a variable of a small type.</summary>
    public static Value ToSmall(IrBuilder ir, Value value, MemoryType type)
    {
        if (type is not (MemoryType.U8 or MemoryType.S8 or MemoryType.U16 or MemoryType.S16) || value.Type != IrType.I32)
            return value;
        if (value is not Constant && Fits(value.Definition, type))
            return value;
        bool isSigned = type is MemoryType.S8 or MemoryType.S16;
        Opcode extend = isSigned ? Opcode.SignExtendLow : Opcode.ZeroExtendLow;
        return ir.Append(new Instruction(extend, ir.Location, [value], IrType.I32) { Bits = type.Bytes * 8 });
    }

    private static bool Fits(Instruction? made, MemoryType type) => made switch
    {
        { Opcode: Opcode.Load } => made.MemoryType == type || (type == MemoryType.U16 && made.MemoryType == MemoryType.U8),
        { Opcode: Opcode.ZeroExtend } =>
            made.Operands[0].Type == IrType.Pred || (made.Operands[0].Type == IrType.B16 && type == MemoryType.U16),
        _ => false,
    };
}
